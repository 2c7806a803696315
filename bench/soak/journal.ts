import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export const JOURNAL = 'journal'
export const SPOOL = 'spool'

/** When a camera took what it found, and what it kept, in milliseconds; and what it dropped, in its own words. */
export type Journal = { found: number[]; kept: number[]; dropped: string[]; spooled: number }

/** What a camera noted in its folder, and how many pictures it did not send. */
export async function journalOf(folder: string): Promise<Journal> {
  const text = await readFile(join(folder, JOURNAL), 'utf8').catch(() => '')
  const lines = text.split('\n').map((line) => /^(\w+) (.*)$/.exec(line) ?? [])
  const after = (word: string) => lines.flatMap(([, what, words = '']) => (what === word ? [words] : []))
  const spool = await readdir(join(folder, SPOOL)).catch(() => [])
  return {
    found: after('finds').map(Number),
    kept: after('keeps').map(Number),
    dropped: after('said').filter((words) => /dropped|could not be saved/.test(words)),
    spooled: spool.filter((name) => name.endsWith('.item')).length,
  }
}
