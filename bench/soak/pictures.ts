import { setTimeout as wait } from 'node:timers/promises'
import { freePorts, LOOPBACK } from '../../stack/net.ts'
import { startTelling } from '../../stack/object-created.ts'
import { type Service, startWorkerd } from '../../stack/workerd.ts'
import { makeOwner, type Owner, photo, presign, put, startBucketAndJudge } from '../kit/pictures.ts'
import type { startDatabase } from '../kit/stack.ts'
import { type Call, send } from '../kit/world.ts'
import { createAlbum, judgeAlbum, type Picture } from './album.ts'
import { startFaultyBucket } from './faulty-bucket.ts'
import { startFaultyPhones } from './phones.ts'
import { insist, rowsOf } from './rows.ts'
import { createJudge, FAILURE_OF, HELD_IN_MS, JUDGE_TIMEOUT_IN_MS, planOf, RULES } from './script.ts'

type Database = Awaited<ReturnType<typeof startDatabase>>
type Word = { Records: { s3: { object: { key: string } } }[] }

const OWNERS = 4
const PAUSE_IN_MS = 400
/** The pauses before an event is sent again. */
const PAUSES_IN_MS = [200, 500]
/** The most by which an event follows its picture; every third comes twice. */
const LATE_IN_MS = 800
const BETWEEN_DISTURBANCES_IN_MS = 500
const EACH_MINUTE = '* * * * *'
const THEIR_RULES = RULES.map(({ word, cooldown }) => ({
  rule: `Tell me of a ${word}`,
  nickname: word,
  cooldown,
}))

/**
 * People whose cameras put pictures by the script, from `run` until `isOver`. The bucket sends its events late, out of order
 * and twice; pictures are announced before and after; the bucket, the judge and the push services fail; and the Worker, a
 * separate one, is killed while the judge or a push service delays an answer. SQL makes waiting work due, and a minute of the
 * cron lasts half a second.
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
  const rows = rowsOf(database.url, cameras)
  // For these, every notification is of a match, so that they can be counted.
  await rows.change(
    `insert into notification_settings (user_id, tells_unjudged)
     select owner_id, false from camera_camera where public_camera_id = any($1)`,
  )

  await rows.read(async (client) => {
    for (const { email } of owners) await phones.addTo(client, email)
  })

  const words: Promise<unknown>[] = []
  let [number, kills, robbed] = [0, 0, 0]
  return { emails: owners.map(({ email }) => email), run, [Symbol.asyncDispose]: stop }

  /** Returns the results of the pictures, each compared with its rows, once none of them waits any more. */
  async function run(isOver: () => boolean) {
    const ending = new AbortController()
    const minutes = rows.passMinutes(ring, ending.signal)
    try {
      await Promise.all([...owners.map((owner) => putPictures(owner, isOver)), disturb(isOver)])
      // Each picture adds its bucket event.
      for (const word of words) await word
      await rows.untilClosed()
    } finally {
      ending.abort()
      await minutes
    }
    return {
      pictures: { kills, robbed, ...(await rows.read((client) => judgeAlbum(album, cameras, client))) },
      pushes: await rows.read(phones.judge),
    }
  }

  async function stop() {
    await telling.stop()
    await server[Symbol.asyncDispose]()
    await running.disposeAsync()
  }

  /** One camera at its own pace, until the end. */
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

  /** The bucket's events: late, so that others overtake them, and sometimes twice. */
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

  /** An error is thrown when the event is awaited. */
  function remember(word: Promise<unknown>) {
    word.catch(() => {})
    words.push(word)
  }

  function faultOf(path: string, method: string) {
    if (method !== 'GET') return undefined
    const picture = album.pictures.get(path.split('/').slice(2).join('/'))
    if (!picture) return undefined
    const fault = planOf(picture.number).bucketFaults[picture.looks++]
    const failure = fault && FAILURE_OF[fault]
    if (failure) picture.met.add(failure)
    return fault
  }

  /**
   * In the middle of a judgement or a push, ends the leases of pictures, so that two attempts judge one and the later one
   * loses. Every third time it kills the Worker and starts it again; the leases must then free what it held.
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
      robbed += await rows.makeEventsDue('judging')
      // A sender gives up after its lease: only a killed Worker's deliveries are still taken.
      if (isKilled) robbed += await rows.makeDeliveriesDue('sending')
      if (isKilled) server = await startWorkerd(services)
      ring()
    }
  }

  /** Resolves only when all work that it started is done, so nobody awaits it. */
  function ring() {
    void server.ring('scout', EACH_MINUTE).catch(() => {})
  }
}
