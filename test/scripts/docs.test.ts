import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { UNIT } from '../../bench/camera/in-process.ts'
import { readPage } from './markdown.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const inFolder = (folder: string, pattern: RegExp) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => pattern.test(file))
    .map((file) => join(folder, file))

const pages = ['README.md', ...inFolder('docs', /\.md$/)].map((file) => readPage(file, read(file)))
/** The pages for operators: every setting and table that they name must exist. */
const forOperators = pages.filter(({ file }) =>
  /(operations|runbook|bucket|privacy|scale|production-checklist)\.md$/.test(file),
)
const sources = inFolder('src', /\.tsx?$/).filter((file) => !file.endsWith('.d.ts'))
const source = sources.map(read).join('\n')

describe('the docs', () => {
  it('link to what is there', () => {
    const broken = pages.flatMap(({ file, links }) =>
      links
        .filter((link) => !/^(https?|mailto):/.test(link))
        .filter((link) => !leadsSomewhere(file, link))
        .map((link) => `${file}: ${link}`),
    )

    expect(pages.flatMap(({ links }) => links).length).toBeGreaterThan(100)
    expect(broken).toEqual([])
  })

  it('have no JSON that cannot be pasted', () => {
    const blocks = pages.flatMap(({ file, code }) =>
      code.filter(({ language }) => language === 'json').map(({ text }) => ({ file, text })),
    )

    expect(blocks.length).toBeGreaterThan(10)
    for (const { file, text } of blocks) expect(() => JSON.parse(text), `${file}\n${text}`).not.toThrow()
  })

  it('tell operators of each line that the log has, and of no other', () => {
    const written = new Set(Array.from(source.matchAll(/event: '(\w+)'/g), ([, name]) => name!))
    const page = read('docs/operations.md')
    const table = page.slice(page.indexOf('## What a log line means'), page.indexOf('## Alerts'))
    const told = new Set(Array.from(table.matchAll(/^\| `(\w+)`/gm), ([, name]) => name!))

    expect([...told].sort()).toEqual([...written].sort())
    const alerted = Array.from(
      page.slice(page.indexOf('## Alerts')).matchAll(/event="(\w+)"|"(\w+_\w+)"[,)]|event=~"([\w|]+)"/g),
      ([, ...names]) => names.find(Boolean)!.split('|'),
    ).flat()
    expect(alerted.length).toBeGreaterThan(5)
    expect(alerted.filter((name) => !written.has(name))).toEqual([])
  })

  it('name settings and secrets that the Worker reads', () => {
    const known = read('src/settings.ts') + read('wrangler.toml')
    const OTHERS = /^(ADMIN_EMAIL|ADMIN_PASSWORD|CLOUDFLARE_ACCOUNT_ID|API_KEY)$/
    const named = forOperators.flatMap(({ file, text }) =>
      Array.from(text.matchAll(/\b[A-Z][A-Z\d]*_[A-Z\d_]+\b/g), ([name]) => ({ file, name })),
    )

    expect(named.length).toBeGreaterThan(50)
    const unknown = named.filter(({ name }) => !OTHERS.test(name) && !new RegExp(`\\b${name}\\b`).test(known))
    expect(unknown).toEqual([])
  })

  it('name tables, and columns in SQL, that there are', () => {
    const schema = read('src/db/schema.ts')
    const tables = new Set(
      Array.from(schema.matchAll(/pgTable\(\s*'(\w+)'|pgTable\('(\w+)'/g), ([, a, b]) => a ?? b!),
    )
    const sql = forOperators.flatMap(({ file, code }) =>
      code.filter(({ language }) => language === 'sql').map(({ text }) => ({ file, text })),
    )
    const named = sql.flatMap(({ file, text }) =>
      Array.from(text.matchAll(/\b(?:from|join|update) (\w+)/g), ([, name]) => ({ file, name: name! })),
    )

    expect(named.length).toBeGreaterThan(8)
    expect(named.filter(({ name }) => !tables.has(name))).toEqual([])
  })

  it('name commands that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = pages.flatMap(({ file, text }) =>
      Array.from(text.matchAll(/\bnpm run ([\w:]+)\b(?! -w)/g), ([, name]) => ({ file, name: name! })),
    )

    expect(named.filter(({ name }) => !Object.hasOwn(scripts, name))).toEqual([])
  })

  it('has twenty ticks', () => {
    expect(read('docs/production-checklist.md').match(/^- \[ \] \d+\./gm)).toHaveLength(20)
  })
})

it('npm run smoke names pages and headings that there are', () => {
  const looks = [
    'smoke.ts',
    ...readdirSync(join(ROOT, 'scripts/smoke')).map((file) => `smoke/${file}`),
  ].flatMap((file) =>
    Array.from(read(`scripts/${file}`).matchAll(/'([\w-]+\.md(?:#[\w-]+)?)'/g), ([, look]) => look!),
  )

  expect(looks.length).toBeGreaterThan(10)
  expect(looks.filter((look) => !leadsSomewhere('docs/index.md', look))).toEqual([])
})

it('docs/scale.md has what npm run cost prints', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/cost.ts'], { cwd: ROOT })

  expect(read('docs/scale.md')).toContain(stdout.trim())
})

it('the camera is measured with the memory settings of its systemd unit', () => {
  const settings = Object.entries(UNIT).map(([name, value]) => `${name}=${value}`)
  expect(read('docs/cameras.md')).toContain(`\nEnvironment=${settings.join(' ')}\n`)
})

function leadsSomewhere(from: string, link: string) {
  const [path = '', heading] = link.split('#')
  const file = path ? relative(ROOT, join(ROOT, dirname(from), path)) : from
  if (!existsSync(join(ROOT, file))) return false
  if (heading === undefined || !file.endsWith('.md')) return true
  return readPage(file, read(file)).headings.includes(heading)
}
