// npm run bundle: builds what `npm run deploy` would send, without sending it, and fails if it has grown too large.
import { gzipSync } from 'node:zlib'
import { buildWorker } from '../stack/bundle.ts'
import { fail } from '../stack/words.ts'
import { phoneFiles } from './build-phone.ts'

const LIMIT_IN_KIB = 224
/** The phone app: the files that its page needs to show anything, and its service worker. */
const FIRST_LOAD_IN_KIB = 40
const SERVICE_WORKER_IN_KIB = 4

const { kibGzipped } = await buildWorker('bundle')
const files = await phoneFiles()
const page = files.get('index.html')?.toString() ?? ''
const named = Array.from(page.matchAll(/"\/app\/(assets\/[^"]+\.(?:js|css))"/g), ([, name = '']) => name)
if (!named.some((name) => name.endsWith('.js'))) fail('The page names no script.')

hold('The bundle', kibGzipped, LIMIT_IN_KIB)
hold('What the app loads first', kibOf(named), FIRST_LOAD_IN_KIB)
hold('The service worker', kibOf(['sw.js']), SERVICE_WORKER_IN_KIB)

function hold(name: string, kib: number, limit: number) {
  console.log(`${name} is ${kib.toFixed(1)} KiB gzipped; ${limit} KiB is the limit.`)
  if (kib > limit) fail(`${name} is too large.`)
}

function kibOf(names: string[]) {
  const sizes = names.map((name) => gzipSync(files.get(name) ?? fail(`There is no ${name}.`)).length)
  return sizes.reduce((sum, size) => sum + size, 0) / 1024
}
