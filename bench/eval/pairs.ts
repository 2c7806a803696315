import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../../stack/dev-vars.ts'

/** A picture, with the place and local time to give for it. `without` names the same scene without its sign. */
export type Picture = { file: string; place: string; time: string; shows: string; without?: string }
/** A person's label for a rule and a picture, possibly with another place or time. */
export type Pair = { picture: string; rule: string; expected: 'yes' | 'no'; place?: string; time?: string }
export type Labels = { pictures: Record<string, Picture>; pairs: Pair[]; everyday: Set<string> }

/** All labelled pairs, their pictures, and the everyday rules. */
export async function readLabels(): Promise<Labels> {
  const labels = await parsed<Omit<Labels, 'everyday'>>('bench/eval/pairs.json')
  const everyday = await parsed<{ text: string }[]>('test/rules/everyday.json')
  return { ...labels, everyday: new Set(everyday.map(({ text }) => text)) }
}

/** The pairs whose picture's name and whose rule contain these words, in any letter case. */
export function chosenFrom(pairs: Pair[], { picture = '', rule = '' }: { picture?: string; rule?: string }) {
  const holds = (text: string, words: string) => text.toLowerCase().includes(words.toLowerCase())
  return pairs.filter((pair) => holds(pair.picture, picture) && holds(pair.rule, rule))
}

/** A time of day without a zone is in UTC here. */
export const momentOf = (time: string) => new Date(`${time}Z`)

async function parsed<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(join(ROOT, path), 'utf8'))
}
