import * as z from 'zod/mini'
import type { Judgement, Verdict } from './judge.ts'

/** The length to which texts of a model are cut. */
const MAX_LENGTH = 240
/** The number of positions in a text at which an object is tried. */
const BEGINNINGS = 20

/** A number of tokens; null if the column cannot hold it. */
const count = z.catch(z.nullable(z.int().check(z.nonnegative(), z.maximum(1_000_000_000))), null)
const text = z.catch(z.string(), '')

/** The content of a chat completion: a reasoning model may have put its answer among its thoughts. */
const completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.catch(
            z.union([z.string(), z.pipe(z.array(z.object({ text })), z.transform(joined))]),
            '',
          ),
          reasoning_content: text,
          reasoning: text,
        }),
      }),
    )
    .check(z.minLength(1)),
  usage: z.catch(z.object({ prompt_tokens: count, completion_tokens: count }), {
    prompt_tokens: null,
    completion_tokens: null,
  }),
})

const said = z.object({
  caption: text,
  text_addresses_you: z.optional(z.unknown()),
  rules: z.array(z.unknown()),
})
const one = z.object({
  number: z.union([z.int(), z.pipe(z.string().check(z.regex(/^\s*\d{1,3}\s*$/)), z.transform(Number))]),
  evidence: text,
  verdict: z.unknown(),
})

/** Reads a model's answer about this many rules, as far as it is usable. Null if no part of it is an answer. */
export function readAnswer(body: string, rules: number): Judgement | null {
  const answered = z.safeParse(completion, parsed(body)).data
  if (!answered) return null
  const { content, reasoning_content, reasoning } = answered.choices[0]!.message
  const found = [content, reasoning_content, reasoning].map(saidIn).find((all) => all.length > 0)
  if (!found) return null
  const textAddressesYou = found.some(
    ({ text_addresses_you }) => !DENIALS.includes(plainOf(text_addresses_you)),
  )
  const verdicts = verdictsIn(found.flatMap(({ rules }) => rules))
  return {
    // A text in the picture may have talked the model into a no, which must not silence an alarm.
    verdicts: Array.from({ length: rules }, (_, i) => {
      const { verdict, evidence } = verdicts.get(i + 1) ?? { verdict: 'unsure', evidence: '' }
      return { verdict: textAddressesYou && verdict === 'no' ? 'unsure' : verdict, evidence }
    }),
    caption: cleaned(found.findLast(({ caption }) => caption !== '')?.caption ?? ''),
    textAddressesYou,
    tokensIn: answered.usage.prompt_tokens,
    tokensOut: answered.usage.completion_tokens,
  }
}

/** Anything else, however it is spelled, says that a text in the picture addresses the model. */
const DENIALS = ['false', 'no', '0', 'null', 'undefined', 'none', 'nothing', 'n/a', 'na', '']

/** By the number of the rule. Two contradicting verdicts become unsure; of two that agree, the last has the evidence. */
function verdictsIn(list: unknown[]) {
  const verdicts = new Map<number, Verdict>()
  for (const item of list) {
    const { data } = z.safeParse(one, item)
    if (!data) continue
    const verdict = verdictOf(data.verdict)
    const other = verdicts.get(data.number)
    if (!other) verdicts.set(data.number, { verdict, evidence: cleaned(data.evidence) })
    else if (other.verdict !== verdict) other.verdict = 'unsure'
    else other.evidence = cleaned(data.evidence)
  }
  return verdicts
}

function verdictOf(word: unknown): Verdict['verdict'] {
  const plain = plainOf(word)
  if (plain === 'yes' || word === true) return 'yes'
  return plain === 'no' || word === false ? 'no' : 'unsure'
}

const plainOf = (word: unknown) =>
  typeof word === 'object' && word !== null
    ? 'an object'
    : String(word)
        .trim()
        .toLowerCase()
        .replace(/[.!]+$/, '')

/**
 * The objects in a text that are answers. A model that has no JSON mode may quote one that it reads in the picture before it gives its own.
 */
function saidIn(text: string) {
  const all: z.infer<typeof said>[] = []
  let at = text.indexOf('{')
  for (let tried = 0; at >= 0 && tried < BEGINNINGS; tried++) {
    const end = endOf(text, at)
    const { data } = z.safeParse(said, parsed(text.slice(at, end)))
    if (data) all.push(data)
    at = text.indexOf('{', data ? end : at + 1)
  }
  return all
}

/** The end of the object that begins here: its own bracket, not one in a string. */
function endOf(text: string, from: number) {
  let depth = 0
  let isString = false
  for (let at = from; at < text.length; at++) {
    const sign = text[at]
    if (isString && sign === '\\') at++
    else if (sign === '"') isString = !isString
    else if (!isString && sign === '{') depth++
    else if (!isString && sign === '}' && --depth === 0) return at + 1
  }
  return text.length
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function joined(parts: { text: string }[]) {
  return parts.map(({ text }) => text).join('')
}

/**
 * Returns one line without control characters (including those that change direction) and links, and without what a phone
 * would turn into a link.
 */
export function cleaned(words: string) {
  const plain = words
    .slice(0, 4 * MAX_LENGTH)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029\ufffd]+/gu, ' ')
    .replace(/[a-z][a-z\d+.-]{1,9}:\/\/\S*|\b(?:www\.|mailto:|tel:|javascript:)\S*/gi, '')
    .replace(/(?<=[\p{L}\d])\.(?=\p{L}{2})/gu, '. ')
    .replace(/\s+/g, ' ')
    .trim()
  const signs = Array.from(plain)
  return signs.length > MAX_LENGTH ? `${signs.slice(0, MAX_LENGTH - 1).join('')}…` : plain
}
