import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { connect } from '../../src/db/client.ts'
import { sweep } from '../../src/events/sweep.ts'
import { send } from '../support/client.ts'
import { aCamera, aDatabase, aDevice, anEvent, aUser } from '../support/factories.ts'

let database: ReturnType<typeof aDatabase> | undefined

/** A database with one camera that sends heartbeats. `ago` simulates time by moving all past events further back. */
async function aWatched() {
  const { sql, settings } = await (database ??= aDatabase())
  await sql`truncate notifications, sweeps, deliveries, notification_settings`
  await sql`update camera_camera set beats = false`
  const owner = await aUser({}, sql)
  const camera = await aCamera(owner, 'Porch', sql)
  const { access } = await aDevice({ camera }, sql)
  const environment = { ...env, ...settings } as Env
  const run = () => sweep(connect(environment), environment)
  const beat = async () =>
    expect((await send('POST', '/v1/cameras/heartbeat/', { token: access, json: {}, settings })).status).toBe(
      200,
    )
  /** Lets this much time pass by moving all past events back. */
  const pass = async (seconds: number) => {
    await sql`
      update camera_camera set
        last_seen_at = last_seen_at - make_interval(secs => ${seconds}),
        told_offline_at = told_offline_at - make_interval(secs => ${seconds})`
    await sql`
      update sweeps set
        last_run_at = last_run_at - make_interval(secs => ${seconds}),
        resumed_at = resumed_at - make_interval(secs => ${seconds})`
  }
  /** Lets minutes pass, with the sweep in each. */
  const minutes = async (count: number, isBeating = true) => {
    for (let i = 0; i < count; i++) {
      await pass(60)
      if (isBeating) await beat()
      await run()
    }
  }
  const told = async () =>
    (await sql`select kind, title, body, camera, image_key from notifications order by id`) as Record<
      string,
      unknown
    >[]
  const kinds = async () => (await told()).map(({ kind }) => kind)
  await beat()
  await run()
  return { sql, settings, owner, camera, run, beat, pass, minutes, told, kinds }
}

describe('a camera that falls silent', () => {
  it('is told of once, with its last picture, and once that it is back', async () => {
    const { sql, owner, camera, minutes, told, kinds } = await aWatched()
    await anEvent(owner, camera, {}, sql)
    const last = await anEvent(owner, camera, {}, sql)
    const [{ object_key } = {}] = await sql`select object_key from events where public_event_id = ${last}`
    await minutes(6)
    expect(await kinds()).toEqual([])

    await minutes(2, false)
    expect(await kinds()).toEqual([])
    await minutes(2, false)
    expect(await told()).toEqual([
      {
        kind: 'offline',
        title: 'Porch',
        body: 'Nothing was heard of it for 3 minutes.',
        camera: camera.publicCameraId,
        image_key: object_key,
      },
    ])
    await minutes(30, false)
    expect(await kinds()).toEqual(['offline'])
    await minutes(3)
    expect(await kinds()).toEqual(['offline', 'online'])
    await minutes(4, false)
    expect(await kinds()).toEqual(['offline', 'online', 'offline'])
  })

  it('is not told of while our own service was down, when nobody could be heard of', async () => {
    const { minutes, pass, beat, run, kinds } = await aWatched()
    await minutes(6)
    await pass(3_600)
    await run()
    expect(await kinds()).toEqual([])
    // A camera that returns within the grace period does not count as offline.
    await minutes(4, false)
    expect(await kinds()).toEqual([])
    await beat()
    await minutes(3)
    expect(await kinds()).toEqual([])
  })

  it('is told of where it stays silent after that', async () => {
    const { minutes, pass, run, kinds } = await aWatched()
    await minutes(6)
    await pass(3_600)
    await run()
    await minutes(6, false)
    expect(await kinds()).toEqual(['offline'])
  })

  it('is not told of at the first run of all, which knows nothing of what was before', async () => {
    const { sql, pass, run, kinds } = await aWatched()
    await pass(86_400)
    await sql`truncate sweeps`
    await run()
    expect(await kinds()).toEqual([])
  })

  it.each([
    ['that never sent a heartbeat', 'update camera_camera set beats = false'],
    ['that was revoked', 'update devices set revoked_at = now()'],
    ['whose owner does not want it', 'settings'],
    ['whose owner is switched off', 'update users set is_active = false'],
  ])('is not told of one %s', async (_, change) => {
    const { sql, owner, minutes, kinds } = await aWatched()
    await minutes(6)
    if (change === 'settings')
      await sql`insert into notification_settings (user_id, tells_offline) values (${owner.id}, false)`
    else await sql.query(change)
    await minutes(10, false)
    expect(await kinds()).toEqual([])
    await sql`update devices set revoked_at = null`
    await sql`update users set is_active = true`
  })

  it('is told of once where two sweeps run at the same time', async () => {
    const { minutes, pass, run, kinds } = await aWatched()
    await minutes(6)
    await minutes(2, false)
    await pass(90)
    await Promise.all([run(), run(), run()])
    expect(await kinds()).toEqual(['offline'])
  })
})
