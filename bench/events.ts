// npm run bench:events [-- --samples 100 --crowd 10000]: the time of a picture from its PUT to the push of its notification,
// with a judge that answers at once. `--cameras 100000 --events 1000000` measures all of it beside those of other people, and the
// sweep of each minute.
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { percentile } from './kit/load.ts'
import { addNeighbours } from './kit/neighbours.ts'
import { startPhones } from './kit/phones.ts'
import { makeOwner, type Owner, photo, presign, put, startBucketAndJudge } from './kit/pictures.ts'
import { startDatabase } from './kit/stack.ts'
import { number, printTable } from './kit/table.ts'
import type { Recorded } from '../stack/control.ts'
import { optionsOf } from '../stack/options.ts'
import { buildWorker } from '../stack/bundle.ts'
import { startTelling } from '../stack/object-created.ts'
import { startWorkerd } from '../stack/workerd.ts'

const { values: options } = optionsOf(
  'usage: npm run bench:events -- [--samples 100] [--crowd 10000] [--cameras 0] [--events 0]',
  {
    options: {
      samples: { type: 'string', default: '100' },
      crowd: { type: 'string', default: '10000' },
      cameras: { type: 'string', default: '0' },
      events: { type: 'string', default: '0' },
    },
  },
)
const [samples, crowd] = [Number(options.samples), Number(options.crowd)]
const neighbours = { cameras: Number(options.cameras), events: Number(options.events) }
const GOAL_IN_MS = 150
const SWEEPS = 5
const DELAY_IN_MS = 80
const CAMERAS = 8
/** How many pictures are put concurrently, and events sent concurrently. */
const AT_ONCE = 8
/** The events in one document of a busy bucket. */
const WORDS_AT_ONCE = 50
/** Until nobody looks for more, even if the database is far away. */
const PAUSE_IN_MS = 500
/** The pause between two checks of the database. */
const LOOK_IN_MS = 2
const PATIENCE_IN_MS = 60_000
const RULES = [{ rule: 'Alert when a cat shows up', nickname: 'Cat', cooldown: 0 }]

type Word = { Records: { s3: { object: { key: string } } }[] }

/** Null: the bucket sends its events at once; otherwise they are collected here. */
let held: Word[] | null = null
/** When the bucket sent its event, by the key. */
const saidAt = new Map<string, number>()

const { script } = await buildWorker('bundle')
await using database = await startDatabase()
await using parts = await startBucketAndJudge(database.bindings, hear, () => ({ verdicts: ['yes'] }))
/** When the push of a picture arrived, by its key. */
const pushedAt = new Map<string, number>()
const phones = await startPhones(({ pictureUrl }) => {
  const key = pictureUrl && new URL(pictureUrl).pathname.split('/').slice(2).join('/')
  if (key && !pushedAt.has(key)) pushedAt.set(key, performance.now())
})
const bindings = {
  ...database.bindings,
  ...phones.bindings,
  ...parts.bindings,
  JUDGEMENTS_PER_HOUR: '1000000',
  JUDGEMENTS_PER_DAY: '100000000',
  JUDGEMENTS_PER_DAY_IN_ALL: '999999999',
}
await using server = await startWorkerd({ scout: { script, bindings } })
const origin = server.url('scout')
const telling = startTelling(bindings.STORAGE_SECRET)
telling.to(origin)

const client = new Client({ connectionString: database.url })
await client.connect()
try {
  const bytes =
    neighbours.cameras > 0 &&
    neighbours.events > 0 &&
    (await addNeighbours(client, neighbours.cameras, neighbours.events))
  const owners: Owner[] = []
  while (owners.length < CAMERAS) owners.push(await makeOwner(origin, RULES))
  for (const { email } of owners) await phones.add(client, email, 'webhook')
  for (const owner of owners) await timeToPush(owner)

  const sweep = await measureSweep()
  printTable(
    ['beside other people’s', ''],
    [
      ['cameras', number(neighbours.cameras)],
      ['events', number(neighbours.events)],
      ['bytes an event, with indexes', bytes ? number(bytes) : '–'],
      ['the sweep of each minute, ms', number(sweep)],
    ],
  )
  const near = await measureTimes(owners, samples)
  await database.breakSql({ fault: 'delay', milliseconds: DELAY_IN_MS, millisecondsAfter: DELAY_IN_MS })
  const far = await measureTimes(owners, Math.ceil(samples / 4)).finally(database.mendSql)
  printTable(
    ['from the bucket’s word to the push', 'p50 ms', 'p99 ms'],
    [
      ['database near', number(percentile(near, 0.5)), number(percentile(near, 0.99))],
      [`database ${DELAY_IN_MS} ms away`, number(percentile(far, 0.5)), number(percentile(far, 0.99))],
    ],
  )

  const burst = await measureBurst(owners, samples * 4)
  printTable(
    [`${burst.count} pictures of ${CAMERAS} cameras at once`, ''],
    [
      ['events/s', number(burst.perSecond)],
      ['statements per event: receive', number(burst.received, 2)],
      ['take', number(burst.taken, 2)],
      ['conclude', number(burst.concluded, 2)],
      ['settle', number(burst.settled, 2)],
      ['any other', number(burst.others, 2)],
    ],
  )

  const neighbour = await measureNeighbour(owners[0]!, owners[1]!)
  printTable(
    [`a picture beside ${crowd} of another camera`, ''],
    [
      ['its push after, ms', number(neighbour.waited)],
      ['pictures of the other judged by then', number(neighbour.judged)],
    ],
  )

  const median = percentile(near, 0.5)
  printTable(
    ['goal', 'is', 'should be', ''],
    [['word to push, median ms', number(median), `≤ ${GOAL_IN_MS}`, median <= GOAL_IN_MS ? 'met' : 'missed']],
  )
} finally {
  await telling.stop()
  await phones.stop()
  await client.end()
}

/** The median of some sweeps that find nothing, from the cron's call until it has ended. */
async function measureSweep() {
  const times: number[] = []
  // A sweep that has begun just now looks for no silent camera yet.
  await client.query(
    `insert into sweeps (name, last_run_at, resumed_at) values ('minute', now(), now() - interval '1 hour')
     on conflict (name) do update set last_run_at = now(), resumed_at = excluded.resumed_at`,
  )
  await client.query('update camera_camera set last_seen_at = now() where beats')
  await client.query('vacuum camera_camera')
  for (let count = 0; count < SWEEPS; count++) {
    const start = performance.now()
    await server.ring('scout', '* * * * *')
    times.push(performance.now() - start)
  }
  return percentile(times, 0.5)
}

async function measureTimes(owners: Owner[], count: number) {
  const times: number[] = []
  for (let sample = 0; sample < count; sample++) {
    // Otherwise the consumer of the last picture may find this one before it is woken.
    await wait(PAUSE_IN_MS)
    times.push(await timeToPush(owners[sample % owners.length]!))
  }
  return times
}

/** The bucket's event after a PUT, before its answer. */
function hear(document: object) {
  if (held) held.push(document as Word)
  else void telling.tell(document)
  saidAt.set((document as Word).Records[0]!.s3.object.key, performance.now())
}

/** One picture by itself, from the bucket's event until its push arrives, whether its notification is new or not. */
async function timeToPush(owner: Owner) {
  const { url, key } = await presign(origin, owner)
  await put(url, photo())
  await until(async () => pushedAt.has(key))
  return pushedAt.get(key)! - saidAt.get(key)!
}

/** The events of many pictures at once: the time until all are judged, and the statements that it takes. */
async function measureBurst(owners: Owner[], count: number) {
  const words = await putSilently(owners, count)
  const before = (await database.statementsOf('none')).length
  const from = performance.now()
  await inParallel(words, (word) => say(word, 'receive'))
  // By an index: reading every event again and again would keep a processor busy that the Worker needs.
  await until(async () => !(await isThere('select from events where due_at is not null limit 1')))
  const took = (performance.now() - from) / 1000
  if (await isThere(`select from events where state = 'failed' or state = 'discarded' limit 1`))
    throw new Error('A picture of the burst was not judged.')
  const received = await database.statementsOf('receive')
  const statements = (await database.statementsOf('none')).slice(before)
  const countOf = (step: string) => statements.filter((one) => hasStep(one, step)).length
  const [taken, concluded, settled] = [countOf('fated'), countOf('matched'), countOf('noted')]
  return {
    count,
    perSecond: count / took,
    received: received.length / count,
    taken: taken / count,
    concluded: concluded / count,
    settled: settled / count,
    others: (statements.length - taken - concluded - settled) / count,
  }
}

/** The events of one camera's thousands of pictures, and right after them another camera's picture. */
async function measureNeighbour(loud: Owner, quiet: Owner) {
  const words = await putSilently([loud], crowd)
  const documents = Array.from({ length: Math.ceil(words.length / WORDS_AT_ONCE) }, (_, i) => ({
    Records: words.slice(i * WORDS_AT_ONCE, (i + 1) * WORDS_AT_ONCE).flatMap(({ Records }) => Records),
  }))
  const before = await countJudged(loud)
  await inParallel(documents, (word) => say(word, 'crowd'))
  const waited = await timeToPush(quiet)
  return { waited, judged: (await countJudged(loud)) - before }
}

async function countJudged({ camera }: Owner) {
  const sql = `select count(*)::int as count from events where camera = $1 and state = 'done'`
  return (await client.query<{ count: number }>(sql, [camera])).rows[0]!.count
}

/** Puts this many pictures, and returns the events that the bucket would have sent. */
async function putSilently(owners: Owner[], count: number) {
  const words: Word[] = (held = [])
  await inParallel(
    Array.from({ length: count }, (_, i) => owners[i % owners.length]!),
    async (owner) => put((await presign(origin, owner)).url, photo()),
  )
  held = null
  return words
}

/** Sends an event as the bucket does, with an id that finds its statement. @throws if it is not accepted */
async function say(word: Word, name: string) {
  const response = await fetch(`${origin}/v1/storage_events/`, {
    method: 'POST',
    headers: {
      Authorization: bindings.STORAGE_SECRET,
      'Content-Type': 'application/json',
      'X-Request-Id': name,
    },
    body: JSON.stringify(word),
  })
  await response.body?.cancel()
  if (response.status !== 202) throw new Error(`The bucket's word was answered ${response.status}.`)
}

function hasStep(recorded: Recorded, step: string) {
  const queries = 'queries' in recorded ? recorded.queries : [recorded]
  return queries.some(({ sql }) => sql.includes(`"${step}" as (`))
}

async function inParallel<T>(items: T[], work: (item: T) => Promise<void>) {
  const left = [...items]
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  })
  await Promise.all(workers)
}

async function isThere(sql: string, ...values: string[]) {
  return (await client.query(sql, values)).rowCount !== 0
}

/** @throws if it takes too long */
async function until(isSo: () => Promise<boolean>) {
  const end = performance.now() + PATIENCE_IN_MS
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('A picture was not judged.')
    await wait(LOOK_IN_MS)
  }
}
