import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const SRC = join(import.meta.dirname, '../../src')

/** The layers ("floors"), lowest first. A file may import from lower layers and from its own folder. */
const FLOORS = [
  ['log.ts', 'problems.ts', 'backoff.ts'],
  ['settings.ts'],
  ['db'],
  ['http'],
  ['errors.ts', 'storage', 'auth', 'mail', 'openapi'],
  ['admin'],
  [
    'users',
    'sessions',
    'resets',
    'groups',
    'cameras',
    'rules',
    'devices',
    'uploads',
    'events',
    'notifications',
    'push',
    'health',
    'docs',
    'phone',
  ],
  // It judges pictures of `events` by the words of `rules`.
  ['trials'],
  ['app.ts', 'openapi.ts'],
  ['index.ts'],
]

/** What a feature may import from another one: its noun and its guards. */
const IS_INSIDE = /(^|\/)(routes|json|openapi|admin)\.tsx?$/

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'),
)
const roomOf = (file: string) => file.split('/')[0]!
const floorOf = (file: string) => FLOORS.findIndex((rooms) => rooms.includes(roomOf(file)))
const imports = files.flatMap((file) =>
  Array.from(
    readFileSync(join(SRC, file), 'utf8').matchAll(
      /^(?:import|export)\b[^'"]*?from '(\.[^']+)'|import '(\.[^']+)'/gms,
    ),
    ([, from = '', alone = '']) => ({ file, of: relative(SRC, join(SRC, dirname(file), from || alone)) }),
  ),
)

it('has a floor for every file, and finds what they import', () => {
  expect(files.filter((file) => floorOf(file) < 0)).toEqual([])
  expect(imports.length).toBeGreaterThan(files.length)
})

it('lets no file import from a floor above its own', () => {
  expect(imports.filter(({ file, of }) => floorOf(of) > floorOf(file))).toEqual([])
})

it('lets a feature take of another its noun or guard, not its routes, json, openapi or admin', () => {
  const across = imports.filter(
    ({ file, of }) => floorOf(file) === floorOf(of) && roomOf(file) !== roomOf(of),
  )
  expect(across.filter(({ of }) => IS_INSIDE.test(of))).toEqual([])
})

it('has no circle of files', () => {
  const walk = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const { of } of imports.filter((one) => one.file === file)) {
      const circle = walk(of, [...path, file])
      if (circle) return circle
    }
    done.add(file)
    return undefined
  }
  const done = new Set<string>()
  expect(files.map((file) => walk(file, [])).find(Boolean)).toBeUndefined()
})

describe('the detector', () => {
  const room = join(SRC, '../clients/detector/src')
  const imported = new Map(
    readdirSync(room).map((file) => [
      file,
      Array.from(
        readFileSync(join(room, file), 'utf8').matchAll(/(?:from |import\()'([^']+)'/g),
        ([, name = '']) => name,
      ),
    ]),
  )
  const importing = (pattern: RegExp) =>
    Array.from(imported)
      .filter(([, names]) => names.some((name) => pattern.test(name)))
      .map(([file]) => file)

  it('knows neither the Worker nor another room', () => {
    expect(importing(/^\.\.|^@scout/)).toEqual([])
  })

  it('has all of ONNX Runtime, of sharp and of the disk in a file each', () => {
    expect(importing(/onnxruntime/)).toEqual(['session.ts'])
    expect(importing(/^sharp/)).toEqual(['pixels.ts'])
    expect(importing(/^node:/)).toEqual(['model.ts'])
  })
})

describe('the camera', () => {
  const room = join(SRC, '../clients/camera/src')
  const sources = readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file, text: readFileSync(join(room, file), 'utf8') }))
  const writing = (pattern: RegExp) =>
    sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file)

  it('knows of the Worker what its clients know', () => {
    const outside = sources.flatMap(({ file, text }) =>
      Array.from(text.matchAll(/from '(\.[^']+)'/g), ([, name = '']) =>
        relative(room, join(room, dirname(file), name)),
      ),
    )
    expect(outside.length).toBeGreaterThan(sources.length)
    expect(outside.filter((name) => name.startsWith('..'))).toEqual([])
  })

  it('sees by pure functions', () => {
    const sight = sources.filter(({ file }) => roomOf(file) === 'sight')
    const names = sight.flatMap(({ text }) =>
      Array.from(text.matchAll(/from '([^']+)'/g), ([, name]) => name),
    )
    expect(names.filter((name) => !/^\.\/[\w-]+\.ts$/.test(name!))).toEqual([])
    expect(sight.filter(({ text }) => /Date\.|process\.|Math\.random/.test(text))).toEqual([])
  })

  it('has all of sharp in a file, and none of 150 lines', () => {
    expect(writing(/from 'sharp'/)).toEqual(['frames/pixels.ts'])
    expect(sources.filter(({ text }) => text.split('\n').length > 150).map(({ file }) => file)).toEqual([])
  })
})

describe('the phone app', () => {
  const room = join(SRC, '../clients/phone/src')
  const sources = readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(tsx?|css)$/.test(file))
    .map((file) => ({ file, text: readFileSync(join(room, file), 'utf8') }))
  const importsOf = (folder: string) =>
    sources
      .filter(({ file }) => roomOf(file) === folder)
      .flatMap(({ file, text }) =>
        Array.from(text.matchAll(/(?:from |import )'([^']+)'/g), ([, name = '']) =>
          name.startsWith('.') ? relative(room, join(room, dirname(file), name)) : name,
        ),
      )
  const rooms = (folder: string) => new Set(importsOf(folder).map((name) => roomOf(name)))

  it('has a kit that knows no Scout', () => {
    expect(importsOf('kit').filter((name) => !/^kit\/|^preact|^@preact\/signals$/.test(name))).toEqual([])
  })

  it('has screens that ask nobody but what keeps its data', () => {
    const screens = sources.filter(({ file }) => roomOf(file) === 'screens')
    const values = screens.filter(({ text }) => /import (?!type)[^;]*?'@scout\/client'/.test(text))
    expect(values.map(({ file }) => file)).toEqual([])
    expect(screens.filter(({ text }) => /\bfetch\(/.test(text)).map(({ file }) => file)).toEqual([])
  })

  it('has data that knows no screen', () => {
    expect([...rooms('data')]).not.toContain('screens')
  })

  it('names its colours in one file, and where things are by the direction of reading', () => {
    const styles = sources.filter(({ file }) => file.endsWith('.css'))
    const others = styles.filter(({ file }) => file !== 'styles/tokens.css')
    expect(others.filter(({ text }) => /#[\da-f]{3,8}\b|rgba?\(|hsl|light-dark/i.test(text))).toEqual([])
    const sided = /^\s*(margin|padding|border)-(left|right)|^\s*(left|right|text-align: (left|right))\b/m
    expect(styles.filter(({ text }) => sided.test(text)).map(({ file }) => file)).toEqual([])
    expect(styles.filter(({ text }) => text.split('\n').length > 91).map(({ file }) => file)).toEqual([])
  })

  it('has no source of more than 150 lines', () => {
    expect(sources.filter(({ text }) => text.split('\n').length > 151).map(({ file }) => file)).toEqual([])
  })
})

it('calls addresses that clients give in one file', () => {
  const pushing = files.filter((file) => roomOf(file) === 'push')
  const calling = pushing.filter((file) => /\bfetch\(/.test(readFileSync(join(SRC, file), 'utf8')))
  expect(calling).toEqual(['push/endpoints.ts'])
})
