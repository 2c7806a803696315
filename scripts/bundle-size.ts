// npm run bundle: builds what `npm run deploy` would send, without sending it, and fails where that has grown too large.
import { buildWorker } from '../stack/bundle.ts'
import { fail } from '../stack/words.ts'

const LIMIT_IN_KIB = 224

const { kibGzipped } = await buildWorker('bundle')
console.log(`The bundle is ${kibGzipped.toFixed(1)} KiB gzipped; ${LIMIT_IN_KIB} KiB is the limit.`)
if (kibGzipped > LIMIT_IN_KIB) fail('The bundle is too large.')
