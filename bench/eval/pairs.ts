import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../../stack/dev-vars.ts'

/** A picture, where and when it is said to be taken, by the clock there. `without` names the same scene without the sign that stands in it. */
export type Picture = { file: string; place: string; time: string; shows: string; without?: string }
/** What a person says of a rule and a picture, which may be said to be taken elsewhere or at another time. */
export type Pair = { picture: string; rule: string; expected: 'yes' | 'no'; place?: string; time?: string }
export type Labels = { pictures: Record<string, Picture>; pairs: Pair[]; everyday: Set<string> }

/** All labelled pairs, their pictures, and which rules are the everyday ones. */
export async function readLabels(): Promise<Labels> {
  const labels = await parsed<Omit<Labels, 'everyday'>>('bench/eval/pairs.json')
  const everyday = await parsed<{ text: string }[]>('test/rules/everyday.json')
  return { ...labels, everyday: new Set(everyday.map(({ text }) => text)) }
}

/** The pairs whose picture's name and whose rule hold these words, in whatever case. */
export function chosenFrom(pairs: Pair[], { picture = '', rule = '' }: { picture?: string; rule?: string }) {
  const holds = (text: string, words: string) => text.toLowerCase().includes(words.toLowerCase())
  return pairs.filter((pair) => holds(pair.picture, picture) && holds(pair.rule, rule))
}

/** A time of day without a zone is that of UTC here. */
export const momentOf = (time: string) => new Date(`${time}Z`)

async function parsed<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(join(ROOT, path), 'utf8'))
}
