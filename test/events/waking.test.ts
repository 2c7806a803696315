import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { judgeDue } from '../../src/events/consumer.ts'
import { aCamera, aDatabase, aUser, type Camera, type User } from '../support/factories.ts'
import { detectionOf } from '../support/pictures.ts'
import { beside, waitsFor } from '../support/race.ts'

const judge = { JUDGE_URL: 'http://127.0.0.1:9/v1', JUDGE_MODEL: 'none' }
const insert = (owner: User, camera: Camera, due = 'now()') => `
  insert into events (public_event_id, bucket, object_key, owner, camera, captured_at, received_at, due_at)
  values (uuidv7(), 'here', '${detectionOf(camera)}', '${owner.publicUserId}', '${camera.publicCameraId}', now(), now(), ${due})`

it('judges a picture that came while it waited for another who took some', async () => {
  const { settings, sql } = await aDatabase()
  const owner = await aUser({}, sql)
  const camera = await aCamera(owner, 'Gate', sql)
  await sql`insert into usage (subject, since) values ('00000000-0000-0000-0000-000000000000', date_trunc('day', now(), 'UTC'))`

  const ctx = createExecutionContext()
  await beside(
    sql,
    [sql`select from usage for update`],
    () => judgeDue({ ...env, ...settings, ...judge }, ctx),
    { lock: waitsFor.row, next: insert(owner, camera, 'clock_timestamp()') },
  )
  await waitOnExecutionContext(ctx)

  expect(await sql`select state from events`).toEqual([{ state: 'done' }])
})

it('judges a picture for which somebody was woken while another looked what is due', async () => {
  const { settings, sql } = await aDatabase()
  const here = { ...env, ...settings, ...judge, JUDGEMENTS_PER_HOUR: '1' }
  const owner = await aUser({}, sql)
  const [busy, calm] = [await aCamera(owner, 'Gate', sql), await aCamera(owner, 'Porch', sql)]
  await sql.query(insert(owner, busy))
  await sql`insert into usage (subject, since, judged) values (${busy.publicCameraId}, date_trunc('hour', now(), 'UTC'), 1)`

  const ctx = createExecutionContext()
  await beside(
    sql,
    [sql`select from usage for update`],
    () => Promise.all([judgeDue(here, ctx), judgeDue(here, ctx)]),
    { lock: waitsFor.row, next: insert(owner, calm) },
  )
  await waitOnExecutionContext(ctx)

  const states = await sql`select camera, state, failure from events order by id`
  expect(states).toEqual([
    { camera: busy.publicCameraId, state: 'discarded', failure: 'limited' },
    { camera: calm.publicCameraId, state: 'done', failure: null },
  ])
})
