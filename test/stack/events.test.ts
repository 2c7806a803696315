import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { makeOwner, type Owner, photo, presign, put, startBucketAndJudge } from '../../bench/kit/pictures.ts'
import { close, freePorts, listen } from '../../stack/net.ts'
import { startTelling } from '../../stack/object-created.ts'
import { startWorker } from '../../stack/worker.ts'
import type { Step } from '../../stack/contract-judge/steps.ts'

const EACH_MINUTE = `/cdn-cgi/handler/scheduled?${new URLSearchParams({ cron: '* * * * *' })}`

const stopping = new AbortController()
const bindings = inject('bindings')
const name = `events_${randomUUID().replaceAll('-', '')}`
const url = new URL(`/${name}`, bindings.DATABASE_URL).href
const server = new Client({ connectionString: new URL('/postgres', bindings.DATABASE_URL).href })
const database = new Client({ connectionString: url })
/** Scripts the judge's next answers; after them it says yes. */
const steps: Step[] = []
let isTold = true
let owner: Owner
let variables: Record<string, string>
let parts: Awaited<ReturnType<typeof startBucketAndJudge>>
let telling: ReturnType<typeof startTelling>
let worker: Awaited<ReturnType<typeof startWorker>>

beforeAll(async () => {
  await server.connect()
  await server.query(`create database ${name} template scout_empty strategy file_copy`)
  await database.connect()
  const storage = {
    S3_BUCKET: bindings.S3_BUCKET!,
    AWS_ACCESS_KEY_ID: bindings.AWS_ACCESS_KEY_ID!,
    AWS_SECRET_ACCESS_KEY: bindings.AWS_SECRET_ACCESS_KEY!,
  }
  parts = await startBucketAndJudge(
    storage,
    (document) => isTold && void telling.tell(document),
    () => steps.shift() ?? { verdicts: ['yes'] },
  )
  variables = { ...bindings, ...parts.bindings, DATABASE_URL: url, LOOPBACK_TARGETS: 'on' }
  telling = startTelling(parts.bindings.STORAGE_SECRET)
  worker = await start()
  telling.to(worker.url)
  owner = await makeOwner(worker.url, [{ rule: 'Tell me of a cat', nickname: 'Cat', cooldown: 0 }])
}, 60_000)

afterAll(async () => {
  stopping.abort()
  await worker.exited
  await telling.stop()
  await parts[Symbol.asyncDispose]()
  await database.end()
  await server.query(`drop database ${name} with (force)`)
  await server.end()
}, 30_000)

async function start() {
  const [port = 0] = await freePorts(1)
  return startWorker({ port, inspectorPort: 0, variables, signal: stopping.signal })
}

async function putPicture() {
  const { url, key } = await presign(worker.url, owner)
  await put(url, photo())
  return key
}

const eventOf = async (key: string) =>
  (
    await database.query(
      `select state, attempts, (select count(*)::int from verdicts where event = public_event_id) as verdicts
       from events where object_key = $1`,
      [key],
    )
  ).rows[0]
const isNotified = async (key: string) =>
  (
    await database.query(
      'select from notifications join events on public_event_id = any(event_ids) where object_key = $1',
      [key],
    )
  ).rowCount === 1
const countNotified = async () =>
  (await database.query('select sum(count)::int as count from notifications')).rows[0].count as number
/** Whether the judge got the request whose answer it holds. */
const isHeld = () => steps.length === 0
const isJudging = async (key: string) => (await eventOf(key))?.state === 'judging'

it('tells of a picture within seconds after it was put', async () => {
  const key = await putPicture()

  await vi.waitUntil(() => isNotified(key), { timeout: 5_000 })
  expect(await eventOf(key)).toEqual({ state: 'done', attempts: 1, verdicts: 1 })
})

it('holds no picture up for one that its judge takes long over', async () => {
  steps.push({ verdicts: ['yes'], isHeld: true })
  const slow = await putPicture()
  await vi.waitUntil(isHeld, { timeout: 5_000 })

  const quick = await putPicture()
  await vi.waitUntil(() => isNotified(quick), { timeout: 2_000 })

  expect(await isJudging(slow)).toBe(true)
  await release()
  await vi.waitUntil(() => isNotified(slow), { timeout: 5_000 })
})

it('holds no picture up for a webhook that never answers', async () => {
  const silent = createServer(() => {})
  const silentPort = await listen(silent, 0)
  await database.query(
    `insert into push_targets (owner_id, kind, address, keys, created_at, seen_at)
     select id, 'webhook', $2, '{"secret": "whsec_c2VjcmV0"}', now(), now() from users where email = $1`,
    [owner.email, `http://127.0.0.1:${silentPort}/`],
  )
  const connected = once(silent, 'request')
  const first = await putPicture()
  await connected
  await vi.waitUntil(() => isNotified(first), { timeout: 2_000 })
  for (let i = 0; i < 3; i++) {
    const next = await putPicture()
    await vi.waitUntil(() => isNotified(next), { timeout: 2_000 })
  }
  await database.query('delete from push_targets')
  await close(silent)
})

it('judges by the clock what nobody was woken for', async () => {
  isTold = false
  const key = await putPicture()
  isTold = true
  await database.query(
    `insert into events (public_event_id, bucket, object_key, owner, camera, captured_at, received_at, due_at)
     select uuidv7(), $1, $2, public_user_id, public_camera_id, now(), now(), now()
     from camera_camera join users on users.id = owner_id`,
    [bindings.S3_BUCKET, key],
  )
  await wait(500)
  expect(await eventOf(key)).toMatchObject({ state: 'received' })

  await fetch(worker.url + EACH_MINUTE)

  await vi.waitUntil(() => isNotified(key), { timeout: 5_000 })
})

it('judges once what a killed Worker had, when its lease is over', async () => {
  const before = await countNotified()
  steps.push({ verdicts: ['yes'], isHeld: true })
  const key = await putPicture()
  await vi.waitUntil(isHeld, { timeout: 5_000 })

  await worker.kill()
  await release()
  worker = await start()
  await fetch(worker.url + EACH_MINUTE)
  expect(await eventOf(key)).toMatchObject({ state: 'judging', attempts: 1 })
  await database.query('update events set due_at = now() where object_key = $1', [key])
  await fetch(worker.url + EACH_MINUTE)

  await vi.waitUntil(() => isNotified(key), { timeout: 5_000 })
  expect(await eventOf(key)).toEqual({ state: 'done', attempts: 2, verdicts: 1 })
  expect(await countNotified()).toBe(before + 1)
})

async function release() {
  const { origin } = new URL(parts.bindings.JUDGE_URL)
  const body = JSON.stringify({ model: parts.bindings.JUDGE_MODEL })
  await fetch(`${origin}/release`, { method: 'POST', body })
}
