// npm run soak:cameras [-- --seconds 600 --cameras 20 --processes 4]: the whole of Scout under faults. Cameras look at demo scenes as fast
// as they can and send what they find, while the database, the bucket, the judge and the push services fail, and Workers and cameras are
// killed. Then every picture is compared with its event, its notification and its pushes.
import { setTimeout as wait } from 'node:timers/promises'
import { buildWorker } from '../stack/bundle.ts'
import { optionsOf } from '../stack/options.ts'
import { freePorts, LOOPBACK } from '../stack/net.ts'
import { startTelling } from '../stack/object-created.ts'
import { startWorkerd } from '../stack/workerd.ts'
import { startBucketAndJudge } from './kit/pictures.ts'
import { startDatabase } from './kit/stack.ts'
import { number, printTable } from './kit/table.ts'
import { injectFaults } from './soak/faults.ts'
import { startFaultyBucket } from './soak/faulty-bucket.ts'
import { startFleet } from './soak/fleet.ts'
import { startFaultyPhones } from './soak/phones.ts'
import { rowsOf } from './soak/rows.ts'

const { values: options } = optionsOf(
  'usage: npm run soak:cameras -- [--seconds 600] [--cameras 20] [--processes 4]',
  {
    options: {
      seconds: { type: 'string', default: '600' },
      cameras: { type: 'string', default: '20' },
      processes: { type: 'string', default: '4' },
    },
  },
)
const KILL_EVERY_IN_MS = 7_000
/** A bucket event comes so much later than its picture, at most. */
const LATE_IN_MS = 800
/** For what is in the spools at the end, each picture of which is sent on its own. */
const PATIENCE_IN_MS = 180_000
const JUDGE_STEPS = [
  { status: 429, body: '{}' },
  { delayInMs: 2_000 },
  { isCut: true },
  { status: 500, body: 'oops' },
]
const BUCKET_FAULTS = ['failing', 'slow', 'cut', 'lost'] as const
/** So many go well until one fails. */
const GOOD = 5

const { script } = await buildWorker('bundle')
await using database = await startDatabase()
let [asked, requests] = [0, 0]
const answer = () => ({
  ...(++asked % GOOD === 0 && JUDGE_STEPS[(asked / GOOD) % JUDGE_STEPS.length]),
  verdicts: ['yes' as const],
})
const faultOf = () =>
  ++requests % GOOD === 0 ? BUCKET_FAULTS[(requests / GOOD) % BUCKET_FAULTS.length] : undefined
await using parts = await startBucketAndJudge(database.bindings, hear, answer)
await using bucket = await startFaultyBucket(parts.bindings.S3_ENDPOINT, faultOf)
const phones = await startFaultyPhones()
const [port = 0] = await freePorts(1)
const origin = `http://${LOOPBACK}:${port}`
const bindings = {
  ...database.bindings,
  ...parts.bindings,
  ...phones.bindings,
  S3_ENDPOINT: bucket.url,
  JUDGE_TIMEOUT_IN_MS: '3000',
  JUDGEMENTS_PER_HOUR: '1000000',
  JUDGEMENTS_PER_DAY: '1000000',
}
const services = { scout: { script, bindings, port } }
let server = await startWorkerd(services)
const telling = startTelling(bindings.STORAGE_SECRET, [200, 500])
telling.to(origin)
await using fleet = await startFleet(origin, Number(options.cameras), Number(options.processes))
const rows = rowsOf(database.url, fleet.cameras)
await rows.read(async (client) => {
  for (const email of fleet.emails) await phones.addTo(client, email)
})

const start = performance.now()
const isOver = () => performance.now() - start > Number(options.seconds) * 1000
const ending = new AbortController()
const ring = () => void server.ring('scout', '* * * * *').catch(() => {})
const minutes = rows.passMinutes(ring, ending.signal)
const isWell = () =>
  fetch(`${origin}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
const [faults, kills] = await Promise.all([injectFaults(database, isWell, isOver), killAll()])
await fleet.finish(PATIENCE_IN_MS)
await rows.untilClosed()
ending.abort()
await minutes
const seconds = (performance.now() - start) / 1000
const { wrong, ...pictures } = await rows.read(fleet.judge)
const { wrong: misfits, ...pushes } = await rows.read(phones.judge)
await telling.stop()
await server[Symbol.asyncDispose]()
await phones.stop()

printTable(
  ['', ''],
  [
    ['seconds', number(seconds)],
    ['cameras', options.cameras],
    ['faults of the database', number(faults.count)],
    ['Workers killed', number(kills.workers)],
    ['processes of cameras killed', number(kills.cameras)],
    ...Object.entries(pictures).map(([name, count]) => [name, number(count)]),
    ...Object.entries(pushes).map(([name, count]) => [
      `pushes: ${name.replace('pushes ', '')}`,
      number(count),
    ]),
    ['not as it must be', number(wrong.length + misfits.length)],
  ],
)
for (const line of [...wrong, ...misfits].slice(0, 20)) console.log(line)
const stayed = pushes['phones that are gone and not forgotten']
const bad = [stayed, pictures.lost, pictures.doubled, pictures['left in spools'], pushes.lost, pushes.doubled]
if (bad.some(Boolean) || wrong.length + misfits.length > 0 || pictures.events === 0) process.exitCode = 1
await fleet[Symbol.asyncDispose]()
process.exit()

/** What the bucket says: late, and now and then twice. */
function hear(document: object) {
  for (let times = Math.random() < 0.3 ? 2 : 1; times > 0; times--)
    void wait(Math.random() * LATE_IN_MS).then(() => telling.tell(document).catch(() => {}))
}

/** Kills a process of cameras, then the Worker, and so on. */
async function killAll() {
  const kills = { workers: 0, cameras: 0 }
  for (let time = 0; !isOver(); time++) {
    await wait(KILL_EVERY_IN_MS * (0.5 + Math.random()))
    if (isOver()) break
    if (time % 2 === 0) {
      await fleet.kill(kills.cameras++)
      continue
    }
    await server.kill()
    kills.workers++
    await rows.makeEventsDue('judging')
    await rows.makeDeliveriesDue('sending')
    server = await startWorkerd(services)
  }
  return kills
}
