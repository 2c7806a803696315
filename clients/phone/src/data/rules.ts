import { type Rule, type RuleInput, type RulePatch, ScoutError, type Trial } from '@scout/client'
import { until } from '../kit/time.ts'
import { change } from './change.ts'
import { wordsOf } from './faults.ts'
import { removeFrom } from './leaving.ts'
import { resource } from './resource.ts'
import { scout } from './session.ts'

/** How the service reads the words of a rule. */
export type Reading = Trial['reading']
/** The result of a trial, and the words that were tried. */
export type Tried = { of: string; trial: Trial }

const idOf = ({ public_rule_id: id }: Rule) => id

/** The rules of a camera, in the order of creation. */
export const rules = (camera: string) => resource(`cameras/${camera}/rules`, () => scout.listRules(camera))

/** Changes a rule and shows it at once. With `words` it shows a toast whose Undo sends `back`. */
export const changeRule = (
  camera: string,
  id: string,
  patch: RulePatch,
  { words, back }: { words?: string; back?: RulePatch } = {},
): Promise<boolean> =>
  change({
    show: [
      [rules(camera), (all: Rule[]) => all.map((one) => (idOf(one) === id ? { ...one, ...patch } : one))],
    ],
    send: () => scout.updateRule(camera, id, patch),
    words,
    undo: back && (() => changeRule(camera, id, back)),
  })

/** Adds a rule, or changes the one with this id. @throws ScoutError, UnreachableError */
export async function saveRule(camera: string, id: string | undefined, input: RuleInput) {
  const saved =
    id === undefined ? await scout.createRule(camera, input) : await scout.updateRule(camera, id, input)
  rules(camera)
    .edit((all) =>
      // The list may have been refreshed after the service added it.
      all.some((one) => idOf(one) === idOf(saved))
        ? all.map((one) => (idOf(one) === idOf(saved) ? saved : one))
        : [...all, saved],
    )
    .done()
}

/** Deletes a rule, after the time for Undo. */
export const removeRule = (camera: string, rule: Rule) =>
  removeFrom(rules(camera), [idOf(rule)], {
    words: `“${rule.rule_nickname}” was deleted.`,
    idOf,
    act: () => scout.deleteRule(camera, idOf(rule)),
  })

/** Reads the words of a rule without judging pictures or using the budget. @throws ScoutError, UnreachableError */
export const readWords = async (camera: string, words: string): Promise<Reading> =>
  (await scout.tryRule(camera, { rule: words, count: 0 })).reading

/** How many pictures a rule is tried on. */
export const TRIED_ON = 20

/** Tries a rule with these words on the newest pictures, which takes up to half a minute. @throws ScoutError, UnreachableError */
export const tryOnPictures = async (camera: string, words: string): Promise<Tried> => ({
  of: words,
  trial: await scout.tryRule(camera, { rule: words, count: TRIED_ON }),
})

/** Why a trial failed; a 429 means that the budget of the hour or the day is spent. */
export const whyNotTried = (error: unknown) =>
  error instanceof ScoutError && error.status === 429 && error.retryAfterInSeconds !== null
    ? `You reached the limit: you can try rules ten times an hour, and Scout checks a limited number of pictures a day. Try again after ${until(Date.now() + error.retryAfterInSeconds * 1000)}.`
    : wordsOf(error)
