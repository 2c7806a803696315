import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { filesIn, hashOf, PACKAGES } from './kit/sources.ts'

const ROOT = join(import.meta.dirname, '..')
const PHONE = join(ROOT, 'clients/phone')
const BUILDS = join(ROOT, 'dist/phone')
const SOURCES = ['clients/phone', 'clients/typescript/src', 'scripts/build-phone.ts', ...PACKAGES]

/**
 * The files of the phone app, by their names below /app/. If these sources have no build yet, the first caller builds it:
 * several processes may call at once.
 */
export async function phoneFiles(): Promise<Map<string, Buffer>> {
  const build = join(BUILDS, (await hashOf(SOURCES)).slice(0, 16))
  if (!existsSync(build)) await makeBuild(build)
  const names = await filesIn(build)
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(build, name))] as const)),
  )
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
  // The shell may have set it for a build of the iPhone app; these pages call the service that they are from.
  const define = { 'import.meta.env.VITE_API': 'undefined' }
  await build(mergeConfig(config, { ...quiet, define, build: { outDir, emptyOutDir: true } }))
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
