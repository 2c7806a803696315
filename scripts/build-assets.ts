// Writes dist/assets, the files that are deployed beside the Worker and read through its ASSETS binding, unless it holds what the same
// sources made: every start of `npm run dev` calls this.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { hashOf, hashOfContents, PACKAGES } from './kit/sources.ts'

const SOURCES = ['src', 'clients/phone', 'clients/typescript/src', 'scripts', ...PACKAGES]
const folder = join(import.meta.dirname, '../dist/assets')
const written = new Map<string, string | Buffer>()

// Outside of what is deployed. Both hashes must hold: a build that failed, another commit's or a deleted file changes the second.
const stamp = join(folder, '../assets.sha256')
const hash = await hashOf(SOURCES)
const there = await hashOf(['dist/assets']).catch(() => 'nothing')
if ((await readFile(stamp, 'utf8').catch(() => '')) !== `${hash} ${there}`) {
  await build()
  // Of what was written here, not of what is there: two builds may run at once.
  await writeFile(stamp, `${hash} ${hashOfContents(written)}`)
}

async function build() {
  // Only here, since they take two seconds to load.
  const [{ default: scalar }, { dictionary }, { describeApi }, { phoneFiles }] = await Promise.all([
    import('@scalar/fastify-api-reference'),
    import('@zxcvbn-ts/language-common'),
    import('../src/openapi.ts'),
    import('./build-phone.ts'),
  ])

  // The 20,000 most common, in lower case, one per line, with a line break before the first and after the last.
  const passwords = dictionary['passwords-common'].slice(0, 20_000)
  await write('common-passwords.txt', `\n${passwords.join('\n')}\n`)

  // The API's description is built from the validating schemas, here and not in the Worker, so that it costs no start-up time.
  await write('openapi.json', JSON.stringify(describeApi()))

  // The reference page. The scripts' names change with their content, so that browsers can cache them.
  const source = join(import.meta.dirname, '../src/docs')
  let page = await readFile(join(source, 'reference.html'), 'utf8')
  for (const [name, script] of [
    ['scalar.js', scalarScript(scalar)],
    ['reference.js', await readFile(join(source, 'reference.js'), 'utf8')],
  ] as const) {
    const hash = createHash('sha256').update(script).digest('hex').slice(0, 16)
    const hashed = name.replace('.js', `-${hash}.js`)
    await write(`docs/${hashed}`, script)
    page = page.replace(`/docs/${name}`, `/docs/${hashed}`)
  }
  await write('docs/reference.html', page)

  // The admin's files, each named with a hash of its content, and the list of names.
  const ui = join(import.meta.dirname, '../src/admin/ui')
  const names: Record<string, string> = {}
  for (const [role, file] of Object.entries({ style: 'admin.css', script: 'admin.js', icon: 'icon.svg' })) {
    const content = await readFile(join(ui, file))
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 16)
    names[role] = `admin.${hash}${file.slice(file.lastIndexOf('.'))}`
    await write(`admin/${names[role]}`, content)
  }
  await write('admin.json', JSON.stringify(names))

  // The phone app. The names of what it loads hold a hash, too.
  for (const [name, content] of await phoneFiles()) await write(`app/${name}`, content)

  for (const old of await readdir(folder, { recursive: true }))
    if (/\.\w+$/.test(old) && !written.has(join('dist/assets', old)))
      await rm(join(folder, old), { force: true })
}

/** Writes a file atomically: concurrent readers, like tests, get the old one or the new one. */
async function write(name: string, content: string | Buffer) {
  written.set(join('dist/assets', name), content)
  const half = join(folder, `../${basename(name)}.${process.pid}`)
  await mkdir(join(folder, dirname(name)), { recursive: true })
  await writeFile(half, content)
  await rename(half, join(folder, name))
}

/** Scalar as one script. Its plugin for Fastify ships one; the package it is built from would add 300 others. */
function scalarScript(scalar: unknown): string {
  let script = ''
  const fastify = {
    initialConfig: {},
    route({ url, handler }: RouteOptions) {
      if (url.endsWith('/scalar.js')) handler(null, reply)
    },
  }
  const reply = { header: () => reply, send: (body: string) => (script = body) }
  const plugin = scalar as unknown as (instance: typeof fastify, options: object, done: () => void) => void
  plugin(fastify, { configuration: { url: '/openapi.json' } }, () => {})
  if (!script) throw new Error('@scalar/fastify-api-reference serves no scalar.js')
  return script.replace(/\n\/\/# sourceMappingURL=.*/, '')
}

type RouteOptions = { url: string; handler: (request: null, reply: unknown) => unknown }
