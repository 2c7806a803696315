import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const IS_NONE = /(^|\/)(node_modules|dist|ios|\.[^/]*)(\/|$)|\.md$/

/** A hash (hex) of the names and contents of files and of all files in folders, which are named from the project's root. */
export async function hashOf(paths: string[]): Promise<string> {
  const files = (await Promise.all(paths.map(sourcesIn))).flat().toSorted()
  const contents = await Promise.all(files.map((file) => readFile(join(ROOT, file))))
  const hash = createHash('sha256')
  for (const [index, file] of files.entries())
    hash.update(`${file}\0${contents[index]!.length}\0`).update(contents[index]!)
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
