import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LICENCES } from '../../../clients/phone/src/screens/settings/licences.ts'

const ROOT = join(import.meta.dirname, '../../..')
const packageAt = (folder: string) => JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))
/** Packages with only types, which are not shipped. */
const TYPES = ['@types/emscripten', 'type-fest']
/** Dependencies of a plugin for Android and for its demo, and one of which no line is in the bundle. */
const UNUSED = ['@capacitor/android', '@capacitor/keyboard', 'tslib']
/** Not a package, but code in the wasm of one. */
const WITHIN = ['zxing-cpp']

/** All packages that the app depends on, directly or not, except our own. */
function shipped(dependencies: Record<string, string>, found = new Set<string>()) {
  for (const name of Object.keys(dependencies)) {
    if (name.startsWith('@scout/') || [...TYPES, ...UNUSED].includes(name) || found.has(name)) continue
    found.add(name)
    shipped(packageAt(`node_modules/${name}`).dependencies ?? {}, found)
  }
  return found
}

it('names every package that is shipped with the app, its licence and its holder', () => {
  const names = [...shipped(packageAt('clients/phone').dependencies)].sort()
  const listed = LICENCES.filter(({ name }) => !WITHIN.includes(name))
  expect(listed.map(({ name }) => name)).toEqual(names)
  for (const { name, licence, holder } of listed) {
    const folder = join(ROOT, 'node_modules', name)
    const file = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file))!
    expect(packageAt(`node_modules/${name}`).license).toBe(licence)
    expect(readFileSync(join(folder, file), 'utf8')).toContain(holder)
  }
})

it.each(['mit', 'apache-2.0'])('has the text of each: %s', (name) => {
  expect(existsSync(join(ROOT, `clients/phone/src/screens/settings/${name}.txt`))).toBe(true)
})

it('has the words of the MIT licence as a package of it has them', () => {
  const plain = (text: string) => text.replace(/\s+/g, ' ')
  const ours = readFileSync(join(ROOT, 'clients/phone/src/screens/settings/mit.txt'), 'utf8')
  const theirs = readFileSync(join(ROOT, 'node_modules/preact/LICENSE'), 'utf8')
  expect(plain(theirs)).toContain(plain(ours).trim())
})
