import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const IMPORT = /^import .*? from '(.*?)'\n/gms
const EXPORT = /^export (.*?) from '(.*?)'\n/gms
const DECLARATION = /^export (?=(?:async )?(?:function\*?|class|const|type) (\w+))/gm

/**
 * Joins the modules of a folder into one file, each after its imports, from index.ts on; the file exports only what index.ts
 * does. @throws if a module imports anything else
 */
export async function joined(folder: string) {
  const bodies = new Map<string, string>()
  const index = await readFile(join(folder, 'index.ts'), 'utf8')
  const exported = [...index.matchAll(EXPORT)].map(([, names, file]) => ({ names: names!, file: file! }))
  for (const { file } of exported) await gather(file)

  const isExported = (file: string, name: string) =>
    exported.some((each) => each.file === file && (each.names === 'type *' || wordsOf(each.names).has(name)))
  const parts = [...bodies].map(([file, body]) =>
    body.replaceAll(DECLARATION, (written, name) => (isExported(file, name) ? written : '')),
  )
  return [index.replaceAll(EXPORT, ''), ...parts].join('\n')

  async function gather(file: string) {
    if (bodies.has(file)) return
    if (!file.startsWith('./')) throw new Error(`A client of one file cannot import ${file}.`)
    const source = await readFile(join(folder, file), 'utf8')
    for (const [, other] of source.matchAll(IMPORT)) await gather(other!)
    bodies.set(file, source.replaceAll(IMPORT, ''))
  }
}

const wordsOf = (text: string) => new Set(text.match(/\w+/g))
