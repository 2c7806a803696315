import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const IS_NONE = /(^|\/)(node_modules|dist|ios|\.[^/]*)(\/|$)|\.md$/

/** They tell when a package changed. npm writes the second one at each install. */
export const PACKAGES = ['package-lock.json', 'node_modules/.package-lock.json']

/** A hash (hex) of files and of all files in folders, which are named from the project's root. A missing file counts as none. */
export async function hashOf(paths: string[]): Promise<string> {
  const files = (await Promise.all(paths.map(sourcesIn))).flat()
  // An editor's temporary file is gone again.
  const read = async (file: string) => [file, await readFile(join(ROOT, file)).catch(() => '')] as const
  return hashOfContents(new Map(await Promise.all(files.map(read))))
}

/** The same hash of contents by name. */
export function hashOfContents(files: Map<string, string | Buffer>) {
  const hash = createHash('sha256')
  for (const name of [...files.keys()].toSorted()) {
    const content = createHash('sha256').update(files.get(name)!).digest('hex')
    hash.update(`${name}\0${content}\0`)
  }
  return hash.digest('hex')
}

async function sourcesIn(path: string) {
  if (/\.\w+$/.test(path)) return [path]
  const names = await filesIn(join(ROOT, path))
  return names.filter((name) => !IS_NONE.test(name)).map((name) => join(path, name))
}

/** The names of all files in a folder and below it, from there. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}
