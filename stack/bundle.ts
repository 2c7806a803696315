import { execFileSync } from 'node:child_process'
import { readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ROOT } from './dev-vars.ts'

/**
 * Builds what `npm run deploy` would send, without sending it. Returns the folder and the gzipped size of its modules.
 * `entry` is the file of another Worker, built with the same settings.
 */
export async function buildWorker(name: string, entry?: string) {
  const folder = join(ROOT, '.wrangler', name)
  await rm(folder, { recursive: true, force: true })
  const wrangler = createRequire(import.meta.url).resolve('wrangler')
  const flags = ['deploy', ...(entry ? [entry] : []), '--dry-run', '--outdir', folder]
  execFileSync(process.execPath, [wrangler, ...flags], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, WRANGLER_HIDE_BANNER: 'true', WRANGLER_SEND_METRICS: 'false' },
  })
  const modules = (await readdir(folder)).filter((file) => /\.(m?js|wasm)$/.test(file))
  const contents = await Promise.all(modules.map((file) => readFile(join(folder, file))))
  return {
    script: join(folder, modules.find((file) => file.endsWith('js')) ?? 'index.js'),
    kibGzipped: contents.reduce((sum, content) => sum + gzipSync(content).length, 0) / 1024,
  }
}
