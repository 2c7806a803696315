import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const PHONE = join(ROOT, 'clients/phone')
const BUILDS = join(ROOT, 'dist/phone')
/** The sources of the app. The lock file stands for the packages. */
const SOURCES = ['clients/phone', 'clients/typescript/src', 'scripts/build-phone.ts', 'package-lock.json']
const IS_NONE = /(^|\/)(node_modules|dist|ios|\.[^/]*)(\/|$)|\.md$/

/**
 * The files of the phone app, by their names below /app/. If these sources have no build yet, the first caller builds it:
 * several processes may call at once.
 */
export async function phoneFiles(): Promise<Map<string, Buffer>> {
  const build = join(BUILDS, await hashOfSources())
  if (!existsSync(build)) await makeBuild(build)
  const names = await filesIn(build)
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(build, name))] as const)),
  )
}

async function hashOfSources() {
  const files = (await Promise.all(SOURCES.map(sourcesIn))).flat().toSorted()
  const contents = await Promise.all(files.map((file) => readFile(join(ROOT, file))))
  const hash = createHash('sha256')
  for (const [index, file] of files.entries()) hash.update(`${file}\0`).update(contents[index]!)
  return hash.digest('hex').slice(0, 16)
}

async function sourcesIn(path: string) {
  if (/\.\w+$/.test(path)) return [path]
  const names = await filesIn(join(ROOT, path))
  return names.filter((name) => !IS_NONE.test(name)).map((name) => join(path, name))
}

async function filesIn(folder: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}

/** Builds beside `build`, which appears only when it is complete, and deletes earlier builds. */
async function makeBuild(build: string) {
  const half = `${build}.${process.pid}`
  await mkdir(BUILDS, { recursive: true })
  const before = (await readdir(BUILDS)).filter((name) => !name.includes('.'))
  await buildInto(half)
  await rename(half, build).catch(() => rm(half, { recursive: true, force: true }))
  for (const name of before) await rm(join(BUILDS, name), { recursive: true, force: true })
}

async function buildInto(outDir: string) {
  // Otherwise a test's process would get a development build.
  process.env.NODE_ENV = 'production'
  const [{ build, mergeConfig }, { default: config }] = await Promise.all([
    import('vite'),
    import('../clients/phone/vite.config.ts'),
  ])
  const quiet = { configFile: false, root: PHONE, logLevel: 'warn' } as const
  await build(mergeConfig(config, { ...quiet, build: { outDir, emptyOutDir: true } }))
  await build({
    ...quiet,
    publicDir: false,
    define: await shellIn(outDir),
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      reportCompressedSize: false,
      rolldownOptions: {
        input: join(PHONE, 'worker/index.ts'),
        output: { format: 'iife', entryFileNames: 'sw.js' },
      },
    },
  })
}

/** The files that the service worker caches from the beginning: the page, and what its screens need. */
async function shellIn(outDir: string) {
  // The QR code reader is large and rarely used.
  const isOfShell = (name: string) => /^assets\/.*\.(js|css)$/.test(name) && !/ponyfill/.test(name)
  const files = (await filesIn(outDir)).filter(isOfShell).toSorted()
  const shell = ['', ...files].map((name) => `/app/${name}`)
  const version = createHash('sha256')
    .update(await readFile(join(outDir, 'index.html')))
    .update(shell.join())
    .digest('hex')
    .slice(0, 16)
  return { SHELL: JSON.stringify(shell), VERSION: JSON.stringify(version) }
}
