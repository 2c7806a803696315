import type { Trial } from '@scout/client'
import { describe, expect, it } from 'vitest'
import { byVerdict, outcomeOf, summaryOf } from '../../clients/phone/src/screens/trial.ts'

type Result = Trial['results'][number]
const aResult = (result: Partial<Result>): Result => ({
  public_event_id: 'e',
  captured_at: '2030-01-01T12:00:00Z',
  image_url: 'https://a.example/a.jpg',
  verdict: null,
  skipped: null,
  evidence: '',
  ...result,
})
const aTrial = (matched: number, judged: number, all: number) =>
  ({ matched, judged, results: Array.from({ length: all }, () => aResult({})) }) as unknown as Trial

describe('a trial', () => {
  it.each([
    [aTrial(2, 20, 20), '2 of 20 match.'],
    [aTrial(1, 20, 20), '1 of 20 matches.'],
    [aTrial(0, 3, 4), '0 of 4 match. 1 was not checked.'],
    [aTrial(0, 0, 4), '0 of 4 match. 4 were not checked.'],
    [aTrial(0, 0, 0), 'This camera has no pictures yet. Try again when it has some.'],
  ])('is summed up', (trial, words) => {
    expect(summaryOf(trial)).toBe(words)
  })

  it.each([
    [
      { verdict: 'yes', evidence: 'a fox' },
      { tone: 'good', word: 'Yes', why: 'a fox' },
    ],
    [
      { verdict: 'unsure', evidence: 'perhaps' },
      { tone: 'warn', word: 'Unsure', why: 'perhaps' },
    ],
    [
      { verdict: 'no', evidence: 'no fox' },
      { tone: 'plain', word: 'No', why: 'no fox' },
    ],
    [
      { skipped: 'hours' },
      { tone: 'plain', word: 'Skipped', why: 'It was taken outside this rule’s hours.' },
    ],
    [
      { skipped: 'no_picture' },
      { tone: 'plain', word: 'Skipped', why: 'The picture is no longer available.' },
    ],
    [{ skipped: 'no_answer' }, { tone: 'plain', word: 'Skipped', why: 'It was not checked in time.' }],
  ] as [Partial<Result>, object][])('says of a picture what became of it', (result, outcome) => {
    expect(outcomeOf(aResult(result))).toEqual(outcome)
  })

  it('shows what matches first, else the newest', () => {
    const all = [
      aResult({ public_event_id: '1', verdict: 'no' }),
      aResult({ public_event_id: '2' }),
      aResult({ public_event_id: '3', verdict: 'yes' }),
      aResult({ public_event_id: '4', verdict: 'unsure' }),
      aResult({ public_event_id: '5', verdict: 'yes' }),
      aResult({ public_event_id: '6', verdict: 'no' }),
    ]
    expect(byVerdict(all).map(({ public_event_id: id }) => id)).toEqual(['3', '5', '4', '1', '6', '2'])
  })
})
