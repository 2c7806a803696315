import { ANSWER_SCHEMA, tokensFor } from './question.ts'

/** A parameter that not every server supports: its variants in order, and the words in a refusal that reject it. */
type Ladder = { named: RegExp; rungs: ((rules: number) => object)[] }

const nothing = () => ({})

const LADDERS = {
  format: {
    named: /response_format|json.?(schema|object|mode)/i,
    rungs: [
      () => ({
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'judgement', strict: true, schema: ANSWER_SCHEMA },
        },
      }),
      () => ({ response_format: { type: 'json_object' } }),
      nothing,
    ],
  },
  // Reasoning is slow and fills the answer. llama.cpp, vLLM and Workers AI switch it off with the first, other servers with
  // the second.
  template: {
    named: /chat_template_kwargs|enable_thinking/i,
    rungs: [() => ({ chat_template_kwargs: { enable_thinking: false } }), nothing],
  },
  effort: {
    named: /reasoning_effort|reasoning\.effort/i,
    rungs: [() => ({ reasoning_effort: 'none' }), () => ({ reasoning_effort: 'low' }), nothing],
  },
  temperature: { named: /temperature/i, rungs: [() => ({ temperature: 0 }), nothing] },
  length: {
    named: /max_(completion_)?tokens/i,
    rungs: [
      (rules) => ({ max_completion_tokens: tokensFor(rules) }),
      (rules) => ({ max_tokens: tokensFor(rules) }),
      nothing,
    ],
  },
} satisfies Record<string, Ladder>

type Name = keyof typeof LADDERS
const NAMES = Object.keys(LADDERS) as Name[]
/** The rung of each ladder that a server accepts. */
export type Spoken = Record<Name, number>

/** The dialects that servers accepted, cached in this isolate. */
const known = new Map<string, Spoken>()

/** The dialect of a server, remembered from its earlier answers for the life of the isolate. */
export const dialectOf = (server: string) => ({
  spoken: (): Spoken => known.get(server) ?? { format: 0, template: 0, effort: 0, temperature: 0, length: 0 },
  remember: (spoken: Spoken) => void known.set(server, spoken),
  parameters: (spoken: Spoken, rules: number): object =>
    Object.assign({}, ...NAMES.map((name) => (LADDERS[name] as Ladder).rungs[spoken[name]]!(rules))),
})

/** One rung down on the first ladder that a refusal names; null if there is none. */
export function lesser(spoken: Spoken, refusal: string): Spoken | null {
  const name = NAMES.find(
    (name) => LADDERS[name].named.test(refusal) && spoken[name] < LADDERS[name].rungs.length - 1,
  )
  return name ? { ...spoken, [name]: spoken[name] + 1 } : null
}
