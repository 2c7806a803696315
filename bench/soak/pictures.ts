import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { freePorts, LOOPBACK } from '../../stack/net.ts'
import { startTelling } from '../../stack/object-created.ts'
import { type Service, startWorkerd } from '../../stack/workerd.ts'
import { makeOwner, type Owner, photo, presign, put, startBucketAndJudge } from '../kit/pictures.ts'
import type { startDatabase } from '../kit/stack.ts'
import { type Call, send } from '../kit/world.ts'
import { createAlbum, judgeAlbum, type Picture } from './album.ts'
import { startFaultyBucket } from './faulty-bucket.ts'
import { startFaultyPhones } from './phones.ts'
import { createJudge, FAILURE_OF, HELD_IN_MS, JUDGE_TIMEOUT_IN_MS, planOf, RULES } from './script.ts'

type Database = Awaited<ReturnType<typeof startDatabase>>
type Word = { Records: { s3: { object: { key: string } } }[] }

const OWNERS = 4
const PAUSE_IN_MS = 400
/** What is not heard is said again after so long. */
const PAUSES_IN_MS = [200, 500]
/** A word comes so much later than its picture, at most, and every third twice. */
const LATE_IN_MS = 800
const BETWEEN_DISTURBANCES_IN_MS = 500
const MINUTE_IN_MS = 500
/** At the end, until everything has ended. */
const PATIENCE_IN_MS = 60_000
const DUE = "update events set due_at = now() - interval '1 hour' where camera = any($1) and due_at > now()"
/** What their phones are to be told. */
const DELIVERIES_DUE = `
  update deliveries set due_at = now() - interval '1 hour'
  where owner in (select public_user_id from users join camera_camera on owner_id = users.id where public_camera_id = any($1))
    and due_at > now()`
const EACH_MINUTE = '* * * * *'
const THEIR_RULES = RULES.map(({ word, cooldown }) => ({
  rule: `Tell me of a ${word}`,
  nickname: word,
  cooldown,
}))

/**
 * People whose cameras put pictures, once `run` is called and until `isOver`, by the script: the bucket tells of them late, out of
 * order and twice, they are announced before and after, the bucket, the judge and the push services fail, and the Worker, which is not
 * the one that others use, is killed while the judge or a push service holds an answer. What waits is made due by SQL, and a minute of the clock lasts half a
 * second.
 */
export async function startPictures(database: Database, script: string) {
  const album = createAlbum()
  const running = new AsyncDisposableStack()
  const parts = await startBucketAndJudge(database.bindings, hear, createJudge(album.meet, album.hold))
  running.use(parts)
  const bucket = running.use(await startFaultyBucket(parts.bindings.S3_ENDPOINT, faultOf))
  const [port = 0] = await freePorts(1)
  const origin = `http://${LOOPBACK}:${port}`
  const phones = await startFaultyPhones()
  running.defer(() => phones.stop())
  const bindings = {
    ...database.bindings,
    ...parts.bindings,
    ...phones.bindings,
    S3_ENDPOINT: bucket.url,
    JUDGE_TIMEOUT_IN_MS: String(JUDGE_TIMEOUT_IN_MS),
    JUDGEMENTS_PER_HOUR: '1000000',
    JUDGEMENTS_PER_DAY: '1000000',
  }
  const services: { scout: Service } = { scout: { script, bindings, port } }
  let server = await startWorkerd(services)
  const telling = startTelling(bindings.STORAGE_SECRET, PAUSES_IN_MS)
  telling.to(origin)
  const owners: Owner[] = []
  while (owners.length < OWNERS) owners.push(await makeOwner(origin, THEIR_RULES))
  const cameras = owners.map(({ camera }) => camera)
  // Of these every notification is of what matched, so that they can be counted.
  await change(
    `insert into notification_settings (user_id, tells_unjudged)
     select owner_id, false from camera_camera where public_camera_id = any($1)`,
  )

  await connected(async (client) => {
    for (const { email } of owners) await phones.addTo(client, email)
  })

  const words: Promise<unknown>[] = []
  let [number, kills, robbed] = [0, 0, 0]
  return { emails: owners.map(({ email }) => email), run, [Symbol.asyncDispose]: stop }

  /** Answers what became of the pictures, each held against its rows, once none of them waits any more. */
  async function run(isOver: () => boolean) {
    const ending = new AbortController()
    const minutes = passMinutes(ending.signal)
    try {
      await Promise.all([...owners.map((owner) => putPictures(owner, isOver)), disturb(isOver)])
      // Each picture adds what the bucket says of it.
      for (const word of words) await word
      const end = performance.now() + PATIENCE_IN_MS
      while ((await countOpen()) > 0 && performance.now() < end) await wait(200)
    } finally {
      ending.abort()
      await minutes
    }
    return {
      pictures: { kills, robbed, ...(await connected((client) => judgeAlbum(album, cameras, client))) },
      pushes: await connected(phones.judge),
    }
  }

  async function stop() {
    await telling.stop()
    await server[Symbol.asyncDispose]()
    await running.disposeAsync()
  }

  /** One camera after its own clock, until it is over. */
  async function putPictures(owner: Owner, isOver: () => boolean) {
    while (!isOver()) {
      remember(putOne(owner, number++))
      await wait(PAUSE_IN_MS)
    }
  }

  async function putOne(owner: Owner, number: number) {
    const { fate, isAnnounced } = planOf(number)
    const { url, key } = await insist(() => presign(origin, owner))
    const picture = album.open(number, key, owner.camera)
    if (isAnnounced === 'before') await announce(owner, picture)
    if (fate !== 'never_put') await put(url, fate === 'no_image' ? Buffer.from('<html>') : photo(number))
    if (isAnnounced === 'after') await announce(owner, picture)
  }

  async function announce({ token }: Owner, picture: Picture) {
    const call: Call = { method: 'POST', path: '/v1/events/', body: { key: picture.key }, token }
    await insist(() => send(origin, call))
    picture.isAccepted = true
  }

  /** What the bucket says: told late, so that others overtake it, and now and then twice. */
  function hear(document: object) {
    const { key } = (document as Word).Records[0]!.s3.object
    const picture = album.pictures.get(decodeURIComponent(key))!
    const tell = async () => {
      await wait(Math.random() * LATE_IN_MS)
      await telling.tell(document)
      picture.isAccepted = true
    }
    remember(tell())
    if (picture.number % 3 === 0) remember(tell())
  }

  /** What fails is thrown when it is waited for. */
  function remember(word: Promise<unknown>) {
    word.catch(() => {})
    words.push(word)
  }

  function faultOf(path: string) {
    const picture = album.pictures.get(path.split('/').slice(2).join('/'))
    if (!picture) return undefined
    const fault = planOf(picture.number).bucketFaults[picture.looks++]
    const failure = fault && FAILURE_OF[fault]
    if (failure) picture.met.add(failure)
    return fault
  }

  /**
   * In the middle of a judgement or of a push ends the leases of pictures, so that two judge one of whom one comes too late; each
   * third time kills the Worker and starts it again; what that had is nobody's then, which its leases are to show.
   */
  async function disturb(isOver: () => boolean) {
    for (let time = 0; !isOver(); time++) {
      await wait(BETWEEN_DISTURBANCES_IN_MS)
      const held = time % 2 === 0 ? album.held : phones.slow
      const before = held()
      while (held() === before && !isOver()) await wait(5)
      await wait(HELD_IN_MS / 4)
      const isKilled = time % 3 === 2
      if (isKilled) {
        await server.kill()
        kills++
      }
      robbed += (await change(`${DUE} and state = 'judging'`)) ?? 0
      // Who sends for longer than a lease gives up: only what a killed Worker had is nobody's.
      if (isKilled) robbed += (await change(`${DELIVERIES_DUE} and state = 'sending'`)) ?? 0
      if (isKilled) server = await startWorkerd(services)
      ring()
    }
  }

  /** Answers when all is over that it led to, so nobody waits for it. */
  function ring() {
    void server.ring('scout', EACH_MINUTE).catch(() => {})
  }

  /** Makes due what waits, before all others, ends the minutes in which notifications join, and rings the clock. */
  async function passMinutes(ending: AbortSignal) {
    while (!ending.aborted) {
      await wait(MINUTE_IN_MS)
      await change(`${DUE} and state = 'received'`)
      await change(`${DELIVERIES_DUE} and state = 'waiting'`)
      await change(
        `update camera_camera set last_notified_at = last_notified_at - interval '61 seconds'
         where public_camera_id = any($1) and random() < 0.2`,
      )
      ring()
    }
  }

  /** How many rows it changed, once Postgres is there. */
  function change(sql: string) {
    return insist(() => connected(async (client) => (await client.query(sql, [cameras])).rowCount))
  }

  async function countOpen() {
    const sql = `select (
      select count(*) from events where due_at is not null and camera = any($1)) + (
      select count(*) from deliveries where due_at is not null) as count`
    const { rows } = await connected((client) => client.query<{ count: string }>(sql, [cameras]))
    return Number(rows[0]!.count)
  }

  async function connected<T>(work: (client: Client) => Promise<T>) {
    const client = new Client({ connectionString: database.url })
    client.on('error', () => {})
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
}

/** Does it again until it is done, as a camera does. @throws what it threw last, where that takes too long */
async function insist<T>(work: () => Promise<T>) {
  const end = performance.now() + PATIENCE_IN_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > end) throw error
      await wait(300)
    }
  }
}
