import type { Event, Verdict } from '@scout/client'
import { describe, expect, it } from 'vitest'
import { reasonOf, saidOf, sorted, stateOf } from '../../../clients/phone/src/screens/reasons.ts'
import { evidenceOf, lateness, titleOf } from '../../../clients/phone/src/screens/told.ts'

const said = (verdict: Verdict['verdict'], skipped: Verdict['skipped'] = null, evidence = '') =>
  ({ verdict, skipped, evidence }) as Verdict

describe('what was told', () => {
  it.each([
    ['match', ['Fox', 'Parcel'], 'Fox, Parcel'],
    ['match', [], 'Something you asked for'],
    ['offline', [], 'Went offline'],
    ['limited', [], 'Too many pictures'],
  ] as const)('as %s of %j is called "%s"', (kind, rule_nicknames, title) => {
    expect(titleOf({ kind, rule_nicknames: [...rule_nicknames] })).toBe(title)
  })

  it('says what was seen, after the name of each rule where there are several', () => {
    expect(evidenceOf({ body: 'Fox: At the bins.', rule_nicknames: ['Fox'] })).toBe('At the bins.')
    const body = 'Fox: At the bins.\nParcel: On the mat.'
    expect(evidenceOf({ body, rule_nicknames: ['Fox', 'Parcel'] })).toBe(body)
    expect(evidenceOf({ body: 'It is back.', rule_nicknames: [] })).toBe('It is back.')
  })

  it('says when it was taken where that was long before', () => {
    const at = (hour: number, minute: number) => new Date(2026, 10, 20, hour, minute).toISOString()
    expect(lateness({ created_at: at(12, 0), captured_at: at(11, 55) })).toBe(null)
    expect(lateness({ created_at: at(12, 0), captured_at: null })).toBe(null)
    expect(lateness({ created_at: at(12, 0), captured_at: at(9, 5) })).toMatch(/^Taken at 0?9:05/)
    expect(lateness({ created_at: at(12, 0), captured_at: at(-10, 5) })).toMatch(/^Taken .*19.*, /)
  })
})

describe('why a rule told or did not', () => {
  it.each([
    [said('yes', null, 'A fox.'), 'Yes', 'A fox.'],
    [said('yes'), 'Yes', 'It is there.'],
    [said('no', null, 'A cat.'), 'No', 'A cat.'],
    [said('no'), 'No', 'It is not there.'],
    [said('unsure'), 'Not sure', 'This picture does not show it clearly.'],
    [said(null, 'disabled'), 'Skipped', 'The rule was off.'],
    [said(null, 'not_armed'), 'Skipped', 'The camera was disarmed.'],
    [said(null, 'snoozed'), 'Skipped', 'The rule or its camera was snoozed.'],
    [said(null, 'hours'), 'Skipped', 'The picture was taken outside its hours.'],
    [said(null, 'too_many'), 'Skipped', 'Only the first twenty rules of a camera are checked.'],
    [
      said('yes', 'cooling_down', 'A fox.'),
      'Yes, but',
      'A fox. It notified you of another picture shortly before.',
    ],
  ])('%#: %j', (verdict, word, reason) => {
    expect([saidOf(verdict), reasonOf(verdict)]).toEqual([word, reason])
  })

  it('sorts those that told from the others', () => {
    const [told, kept, no] = [said('yes'), said('yes', 'cooling_down'), said('no')]
    expect(sorted({ verdicts: [no, told, kept] })).toEqual({ told: [told], others: [no, kept] })
  })
})

describe('a picture', () => {
  const stateWords = (state: Event['state'], failure: string | null = null, attempts = 1) =>
    stateOf({ state, failure, attempts })

  it('whose verdicts stand says nothing of its state', () => {
    expect(stateWords('done')).toBe(null)
  })

  it.each([
    ['received', null, 0, 'This picture is being checked', 'This takes a few seconds.'],
    [
      'received',
      'judge_timeout',
      2,
      'This picture is being checked',
      /did not answer\. Scout tries again\.$/,
    ],
    [
      'failed',
      'storage_unreachable',
      6,
      'This picture could not be checked',
      'The picture could not be read.',
    ],
    ['discarded', 'limited', 0, 'This picture was not checked', /^More pictures came/],
    ['discarded', null, 0, 'This picture was not checked', ''],
  ] as const)('that is %s for %s, after %d attempts, says so', (state, failure, attempts, title, words) => {
    expect(stateWords(state, failure, attempts)).toMatchObject({
      title,
      words: typeof words === 'string' ? words : expect.stringMatching(words),
    })
  })
})
