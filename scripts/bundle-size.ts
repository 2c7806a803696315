// npm run bundle: builds what `npm run deploy` would send, without sending it, and fails where that has grown too large.
import { execFileSync } from 'node:child_process'
import { readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ROOT } from './stack/dev-vars.ts'
import { fail } from './stack/words.ts'

const LIMIT_IN_KIB = 150

const folder = join(ROOT, '.wrangler/bundle')
await rm(folder, { recursive: true, force: true })
const wrangler = createRequire(import.meta.url).resolve('wrangler')
execFileSync(process.execPath, [wrangler, 'deploy', '--dry-run', '--env', 'production', '--outdir', folder], {
  cwd: ROOT,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, WRANGLER_HIDE_BANNER: 'true', WRANGLER_SEND_METRICS: 'false' },
})

const modules = (await readdir(folder)).filter((name) => /\.(m?js|wasm)$/.test(name))
const contents = await Promise.all(modules.map((name) => readFile(join(folder, name))))
const size = contents.reduce((sum, content) => sum + gzipSync(content).length, 0) / 1024
console.log(`The bundle is ${size.toFixed(1)} KiB gzipped; ${LIMIT_IN_KIB} KiB is the limit.`)
if (size > LIMIT_IN_KIB) fail('The bundle is too large.')
