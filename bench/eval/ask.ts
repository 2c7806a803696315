import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Failure, Judge, Judgement, NoJudgement, Verdict } from '../../src/events/judge/judge.ts'
import { inWords } from '../../src/events/words.ts'
import { readRule } from '../../src/rules/reading.ts'
import { ROOT } from '../../stack/dev-vars.ts'
import { momentOf, type Pair, type Picture } from './pairs.ts'

/** The result for a pair: a verdict, or why there is none. */
export type Outcome = Pair & {
  verdict: Verdict['verdict'] | null
  failure: Failure | null
  evidence: string
}
/** One question: a picture with some rules. */
export type Call = {
  picture: string
  rules: number
  failure: Failure | null
  textAddressesYou: boolean
  milliseconds: number
  tokensIn: number | null
  tokensOut: number | null
}
export type Asked = { outcomes: Outcome[]; calls: Call[] }

/** The content of one question. */
type Question = { picture: string; place: string; time: string; pairs: Pair[] }

/** The questions for some pairs, as the Worker asks them: all rules of a picture at once, up to a limit. */
export function questionsFor(pairs: Pair[], pictures: Record<string, Picture>, rulesAtOnce: number) {
  const placed = pairs.map((pair) => {
    const { place, time } = { ...pictures[pair.picture]!, ...pair }
    return { pair, place, time }
  })
  const groups = Map.groupBy(placed, ({ pair, place, time }) => [pair.picture, place, time].join('\n'))
  return Array.from(groups.values()).flatMap((group): Question[] => {
    const { pair, place, time } = group[0]!
    const all = group.map((one) => one.pair)
    const count = Math.ceil(all.length / rulesAtOnce)
    return Array.from({ length: count }, (_, i) => ({
      picture: pair.picture,
      place,
      time,
      pairs: all.slice(i * rulesAtOnce, (i + 1) * rulesAtOnce),
    }))
  })
}

/** Asks a judge each question once, several concurrently, and reports each answer. The first question goes alone. */
export async function askAll(
  judge: Judge,
  questions: Question[],
  pictures: Record<string, Picture>,
  { atOnce, onAnswer }: { atOnce: number; onAnswer: (call: Call) => void },
): Promise<Asked> {
  const waiting = Array.from(questions.entries())
  const answered: Asked[] = []
  const askNext = async () => {
    const [at, question] = waiting.shift()!
    answered[at] = await askOne(judge, question, pictures[question.picture]!)
    onAnswer(answered[at].calls[0]!)
  }
  const askSome = async () => {
    while (waiting.length > 0) await askNext()
  }
  // If the judge is unreachable or refuses, one question shows it.
  await askNext()
  await Promise.all(Array.from({ length: atOnce }, askSome))
  return {
    outcomes: answered.flatMap(({ outcomes }) => outcomes),
    calls: answered.flatMap(({ calls }) => calls),
  }
}

async function askOne(
  judge: Judge,
  { picture, place, time, pairs }: Question,
  { file }: Picture,
): Promise<Asked> {
  const bytes = await readFile(join(ROOT, file))
  // Workers have this method; Node 24 does not yet.
  const image = Object.assign(bytes, { toBase64: () => bytes.toString('base64') })
  const rules = pairs.map(({ rule }) => ({ description: readRule(rule).rest, corrections: [] }))
  const question = { image, type: 'image/jpeg', place, time: inWords(momentOf(time), 'UTC'), rules } as const
  const from = performance.now()
  const answer = await judge(question, new AbortController().signal)
  const milliseconds = performance.now() - from
  return {
    outcomes: pairs.map((pair, i) => ({ ...pair, ...outcomeOf(answer, i) })),
    calls: [{ picture, rules: rules.length, milliseconds, ...costOf(answer) }],
  }
}

function outcomeOf(answer: Judgement | NoJudgement, i: number) {
  if ('failure' in answer) return { verdict: null, failure: answer.failure, evidence: '' }
  return { ...answer.verdicts[i]!, failure: null }
}

function costOf(answer: Judgement | NoJudgement) {
  if ('failure' in answer)
    return { failure: answer.failure, textAddressesYou: false, tokensIn: null, tokensOut: null }
  const { textAddressesYou, tokensIn, tokensOut } = answer
  return { failure: null, textAddressesYou, tokensIn, tokensOut }
}
