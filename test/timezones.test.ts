import { describe, expect, it } from 'vitest'
import { linkIn, signedIn } from './support/browser.ts'
import { send } from './support/client.ts'
import { aDatabase, aUser, driverFor, PASSWORD } from './support/factories.ts'

/** A database with a changed setting. */
async function aDatabaseWith(setting: 'timezone' | 'datestyle', value: string) {
  const { settings, sql } = await aDatabase()
  const name = new URL(settings.DATABASE_URL).pathname.slice(1)
  await sql.query(`alter database "${name}" set ${setting} = '${value}'`)
  // A pooled connection keeps its initial settings; another parameter makes another pool.
  const url = new URL(settings.DATABASE_URL)
  url.hostname = 'localhost'
  expect(await driverFor(url.href)`select current_setting(${setting}) as value`).toEqual([{ value }])
  return { settings: { DATABASE_URL: url.href }, sql }
}

describe.each(['German, DMY', 'SQL, DMY', 'Postgres, MDY', 'ISO, YMD'])(
  'a database that writes dates as %s',
  (style) => {
    it('answers timestamps in RFC 3339 all the same, and signs people in', async () => {
      const { settings, sql } = await aDatabaseWith('datestyle', style)
      const owner = await aUser({ isStaff: true, isSuperuser: true }, sql)
      await sql`insert into camera_camera (owner_id, location, created_at) values (${owner.id}, 'Porch', '2026-04-28T12:00:00.12Z')`

      const { body } = await send('GET', '/v1/cameras/', { token: owner.access, settings })
      const json = { email: owner.email, password: PASSWORD }
      const signedInAnswer = await send('POST', '/v1/auth/token/', { json, settings })

      expect(body).toMatchObject([{ created_at: '2026-04-28T12:00:00.120000Z' }])
      expect(signedInAnswer.status).toBe(200)
    })
  },
)

describe.each(['Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'])('a database in %s', (zone) => {
  const aDatabaseThere = () => aDatabaseWith('timezone', zone)

  it('answers timestamps in UTC all the same', async () => {
    const { settings, sql } = await aDatabaseThere()
    const owner = await aUser({}, sql)
    await sql`insert into camera_camera (owner_id, location, created_at) values (${owner.id}, 'Porch', '2026-04-28T12:00:00.12Z')`

    const { body } = await send('GET', '/v1/cameras/', { token: owner.access, settings })

    expect(body).toMatchObject([{ created_at: '2026-04-28T12:00:00.120000Z' }])
  })

  it('pages through a list of the admin by date', async () => {
    const { settings, sql } = await aDatabaseThere()
    const user = await aUser({ isStaff: true, isSuperuser: true }, sql)
    await sql`
      insert into camera_camera (owner_id, location, created_at)
      select ${user.id}, 'Camera ' || i, now() - i * interval '1 second' from generate_series(1, 150) i`
    const browser = await signedIn(user, settings)

    const first = await browser.get('/admin/camera/camera/?o=-3')
    const second = await browser.get(`/admin/camera/camera/${linkIn(first, 'next')}`)

    expect(first.text).toContain('Camera 50 ')
    expect(first.text).not.toContain('Camera 51 ')
    expect(second.text).toContain('Camera 51 ')
    expect(second.text).not.toContain('Camera 50 ')
  })

  it('refuses a refresh token from before the password changed', async () => {
    const { settings, sql } = await aDatabaseThere()
    const user = await aUser({}, sql)
    await sql`update users set sessions_valid_from = now() + interval '1 minute' where id = ${user.id}`

    const { status } = await send('POST', '/v1/auth/token/refresh/', {
      json: { refresh: user.refresh },
      settings,
    })

    expect(status).toBe(401)
  })
})
