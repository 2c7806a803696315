import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { judgeDue } from '../../src/events/consumer.ts'
import { aCamera, aDatabase, aUser } from '../support/factories.ts'
import { detectionOf } from '../support/pictures.ts'
import { beside, waitsFor } from '../support/race.ts'

it('judges a picture for which somebody was woken while another looked what is due', async () => {
  const { settings, sql } = await aDatabase()
  const judge = { JUDGE_URL: 'http://127.0.0.1:9/v1', JUDGE_MODEL: 'none', JUDGEMENTS_PER_HOUR: '1' }
  const here = { ...env, ...settings, ...judge }
  const owner = await aUser({}, sql)
  const [busy, calm] = [await aCamera(owner, 'Gate', sql), await aCamera(owner, 'Porch', sql)]
  const insert = (camera: typeof busy) => `
    insert into events (public_event_id, bucket, object_key, owner, camera, captured_at, received_at, due_at)
    values (uuidv7(), 'here', '${detectionOf(camera)}', '${owner.publicUserId}', '${camera.publicCameraId}', now(), now(), now())`
  await sql.query(insert(busy))
  await sql`insert into usage (subject, since, judged) values (${busy.publicCameraId}, date_trunc('hour', now(), 'UTC'), 1)`

  const ctx = createExecutionContext()
  await beside(
    sql,
    [sql`select from usage for update`],
    () => Promise.all([judgeDue(here, ctx), judgeDue(here, ctx)]),
    { lock: waitsFor.row, next: insert(calm) },
  )
  await waitOnExecutionContext(ctx)

  const states = await sql`select camera, state, failure from events order by id`
  expect(states).toEqual([
    { camera: busy.publicCameraId, state: 'discarded', failure: 'limited' },
    { camera: calm.publicCameraId, state: 'done', failure: null },
  ])
})
