import type { Asked } from '../../stack/contract-judge/protocol.ts'
import type { Step } from '../../stack/contract-judge/steps.ts'
import { numberOf } from '../kit/pictures.ts'

/** The rules of each picture: a word by which the judge knows the rule, and its cool-down in seconds. */
export const RULES = [
  { word: 'fox', cooldown: 0 },
  { word: 'parcel', cooldown: 0 },
  { word: 'cat', cooldown: 5 },
]
/** The timeout of the judge. */
export const JUDGE_TIMEOUT_IN_MS = 3_000
/** How long some answers are delayed. */
export const HELD_IN_MS = 2_000

type Verdict = 'yes' | 'no' | 'unsure'
export type BucketFault = 'failing' | 'missing' | 'cut' | 'slow'
type JudgeFault = { step: Step; failure: string | null }

/** What the judge does instead of answering, and the failure that the service must store: null if it answers late. */
const DOWN: JudgeFault = { step: { status: 500, body: 'oops' }, failure: 'judge_failing' }
const LATE: JudgeFault = { step: { delayInMs: HELD_IN_MS }, failure: null }
const JUDGE_FAULTS: JudgeFault[] = [
  LATE,
  { step: { status: 429, body: '{}' }, failure: 'judge_busy' },
  DOWN,
  LATE,
  { step: { content: 'I see a garden, and nothing else.' }, failure: 'judge_unreadable' },
  { step: { isCut: true }, failure: 'judge_unreachable' },
  { step: { delayInMs: JUDGE_TIMEOUT_IN_MS + 500 }, failure: 'judge_timed_out' },
  LATE,
]
const BUCKET_FAULTS: BucketFault[] = ['failing', 'missing', 'cut', 'slow']
export const FAILURE_OF: Partial<Record<BucketFault, string>> = {
  failing: 'storage_unreachable',
  cut: 'storage_unreachable',
  missing: 'missing',
}

/** The fate of a picture: judged, or why it never can be. */
export type Fate = 'judged' | 'never_put' | 'no_image' | 'judge_down'
export type Plan = {
  fate: Fate
  isAnnounced: 'before' | 'after' | null
  /** For the first requests about it. */
  judgeFaults: JudgeFault[]
  bucketFaults: BucketFault[]
}

/** The script, by a picture's number. */
export function planOf(number: number): Plan {
  const fate = fateOf(number)
  const isFaulty = fate === 'judged'
  return {
    fate,
    isAnnounced: fate === 'never_put' ? 'before' : pickBy(number, ['before', 'after', null] as const),
    judgeFaults: isFaulty && number % 4 === 1 ? [pickBy(Math.floor(number / 4), JUDGE_FAULTS)] : [],
    bucketFaults: isFaulty && number % 4 === 3 ? [pickBy(Math.floor(number / 4), BUCKET_FAULTS)] : [],
  }
}

const pickBy = <T>(number: number, list: readonly T[]) => list[number % list.length]!

function fateOf(number: number): Fate {
  const fates: Record<number, Fate> = { 7: 'never_put', 11: 'no_image', 13: 'judge_down' }
  return fates[number % 30] ?? 'judged'
}

export const verdictOf = (number: number, word: string): Verdict =>
  pickBy(number + Math.floor(number / 4) + RULES.findIndex((rule) => rule.word === word), [
    'yes',
    'no',
    'unsure',
    'yes',
  ] as const)
export const evidenceOf = (number: number) => `As picture ${number} has it.`

/** The judge of the script. `meet` is called with a fault of a picture, `hold` when an answer is delayed. */
export function createJudge(meet: (number: number, failure: string) => void, hold: () => void) {
  const asked = new Map<number, number>()
  return ({ image, question }: Asked): Step => {
    const number = numberOf(image.bytes)
    const times = asked.get(number) ?? 0
    asked.set(number, times + 1)
    const { fate, judgeFaults } = planOf(number)
    const fault = fate === 'judge_down' ? DOWN : judgeFaults[times]
    if (fault?.failure) {
      meet(number, fault.failure)
      return fault.step
    }
    if (fault) hold()
    return {
      ...fault?.step,
      evidence: evidenceOf(number),
      verdicts: question.rules.map(({ description }) =>
        verdictOf(number, RULES.find(({ word }) => description.includes(word))!.word),
      ),
    }
  }
}
