import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const PHONE = join(import.meta.dirname, '../../../clients/phone')
const read = (file: string) => readFileSync(join(PHONE, file), 'utf8')

/** The addresses that have a screen; what stands for an id is `*`. */
const screens = Array.from(read('src/app.tsx').matchAll(/place\('([^']+)'/g), ([, path]) =>
  path!.replaceAll(/:\w+/g, '*'),
)

/** The places that a source names, without what follows a path. */
function placesIn(source: string) {
  const texts = source.matchAll(/'(\/[^'\n]*)'|`(\/[^`\n]*)`/g)
  return Array.from(texts, ([, plain, filled]) => plain ?? filled!.replaceAll(/(?<=\/)\$\{[^}]*\}/g, '*'))
    .map((text) => text.replace(/[?#$].*/, '').replace(/^\/app(?=\/)/, ''))
    .filter((path) => !/^\/(icons|docs)\b/.test(path))
}

it.each(globSync('src/screens/**/*.{ts,tsx}', { cwd: PHONE }))(
  'leads only to where there is a screen: %s',
  (file) => {
    for (const path of placesIn(read(file))) expect(screens).toContain(path)
  },
)

it('leads to screens by its shortcuts on a home screen, too', () => {
  const { shortcuts } = JSON.parse(read('public/manifest.webmanifest')) as { shortcuts: { url: string }[] }
  const paths = shortcuts.map(({ url }) => url.replace(/^\/app/, ''))
  expect(paths).toHaveLength(2)
  for (const path of paths) expect(screens).toContain(path)
})

it('finds the places of a source', () => {
  expect(placesIn("to('/a?b=c'), go(`/a/${b.c}/d`), back(`/a${queryOf(b)}`)")).toEqual(['/a', '/a/*/d', '/a'])
})
