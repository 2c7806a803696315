import { ANSWER_SCHEMA, tokensFor } from './question.ts'

/** A parameter that not every server knows: what is sent at first, then in its place, and by what words of a refusal. */
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
  // Thinking takes long and fills the answer: llama.cpp, vLLM and Workers AI switch it off by the one, the others by the other.
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
/** On which rung of each ladder a server is spoken to. */
export type Spoken = Record<Name, number>

/** What servers understood, in this isolate. */
const known = new Map<string, Spoken>()

/** How to speak to a server: remembered from what it took before, and forgotten with the isolate. */
export const dialectOf = (server: string) => ({
  spoken: (): Spoken => known.get(server) ?? { format: 0, template: 0, effort: 0, temperature: 0, length: 0 },
  remember: (spoken: Spoken) => void known.set(server, spoken),
  parameters: (spoken: Spoken, rules: number): object =>
    Object.assign({}, ...NAMES.map((name) => (LADDERS[name] as Ladder).rungs[spoken[name]]!(rules))),
})

/** One rung down, of the first ladder that a refusal names; null where there is none. */
export function lesser(spoken: Spoken, refusal: string): Spoken | null {
  const name = NAMES.find(
    (name) => LADDERS[name].named.test(refusal) && spoken[name] < LADDERS[name].rungs.length - 1,
  )
  return name ? { ...spoken, [name]: spoken[name] + 1 } : null
}
