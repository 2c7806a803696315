import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { DatabaseError } from '../src/db/client.ts'
import { explain } from '../src/errors.ts'
import worker from '../src/index.ts'
import { signedIn } from './support/browser.ts'
import { type Options, send } from './support/client.ts'
import { aDatabase, aUser, driverFor, newEmail, PASSWORD } from './support/factories.ts'

const UNAVAILABLE = { detail: 'Service temporarily unavailable, try again later.' }

/** A database with a separate role for the Worker, and a user in it. `sql` runs as the owner. */
async function aDatabaseOfARole() {
  const { settings, sql } = await aDatabase()
  const person = await aUser({ isStaff: true, isSuperuser: true }, sql)
  const role = `worker_${crypto.randomUUID().replaceAll('-', '')}`
  await sql.query(`create role ${role} login password 'hush'`)
  await sql.query(`grant all on all tables in schema public to ${role}`)
  await sql.query(`grant all on all sequences in schema public to ${role}`)
  const url = new URL(settings.DATABASE_URL)
  const name = url.pathname.slice(1)
  Object.assign(url, { username: role, password: 'hush' })
  const server = driverFor(new URL('/postgres', settings.DATABASE_URL).href)
  return { settings: { DATABASE_URL: url.href }, sql, server, role, name, person }
}
type There = Awaited<ReturnType<typeof aDatabaseOfARole>>

/** Sends a request, and returns the log lines besides its own. */
async function ask(there: There, method: string, path: string, options: Options = {}) {
  const logged = vi.spyOn(console, 'error').mockReturnValue()
  const { status, body, headers } = await send(method, path, { ...options, settings: there.settings })
  const lines = logged.mock.calls.map(([line]) => JSON.parse(String(line)))
  logged.mockRestore()
  return { status, body, headers, lines }
}

function expectUnavailable(
  { status, body, headers, lines }: Awaited<ReturnType<typeof ask>>,
  sqlstate: string,
) {
  expect([status, body, headers.get('Retry-After')]).toEqual([503, UNAVAILABLE, '5'])
  expect(lines).toEqual([{ event: 'database_error', requestId: expect.any(String), sqlstate }])
}

const json = () => ({ email: newEmail(), password: PASSWORD })

describe('a database that will not now', () => {
  it.each<[string, string, (there: There) => Promise<unknown>]>([
    ['has another password', '28P01', ({ sql, role }) => sql.query(`alter role ${role} password 'another'`)],
    ['lets the role in no more', '28000', ({ sql, role }) => sql.query(`alter role ${role} nologin`)],
    [
      'has another name',
      '3D000',
      async ({ server, name }) => {
        await endConnections(server, name)
        await server.query(`alter database ${name} rename to ${name}_old`)
      },
    ],
    [
      'takes no connections',
      '55000',
      ({ server, name }) => server.query(`alter database ${name} allow_connections false`),
    ],
    [
      'has as many connections as it may',
      '53300',
      ({ sql, role }) => sql.query(`alter role ${role} connection limit 0`),
    ],
    [
      'lets the role connect no more',
      '42501',
      ({ sql, name }) => sql.query(`revoke connect on database ${name} from public`),
    ],
    [
      'lets the role read nothing',
      '42501',
      ({ sql, role }) => sql.query(`revoke all on all tables in schema public from ${role}`),
    ],
    [
      'is not migrated',
      '42P01',
      ({ sql }) => sql.query(`drop table rules_rule, camera_camera, django_admin_log, users cascade`),
    ],
    [
      'lacks a migration',
      '42703',
      ({ sql }) => sql.query(`alter table users drop column sessions_valid_from`),
    ],
  ])('%s: 503, %s in the log', async (_, sqlstate, bring) => {
    const there = await aDatabaseOfARole()
    const { access: token, email } = there.person
    await bring(there)

    expectUnavailable(await ask(there, 'GET', '/readyz'), sqlstate)
    expectUnavailable(await ask(there, 'GET', '/v1/cameras/', { token }), sqlstate)
    expectUnavailable(await ask(there, 'POST', '/v1/cameras/', { token, json: { location: 'x' } }), sqlstate)
    expectUnavailable(
      await ask(there, 'POST', '/v1/auth/token/', { json: { email, password: PASSWORD } }),
      sqlstate,
    )
    expect((await ask(there, 'GET', '/healthz')).status).toBe(200)
    expect((await ask(there, 'POST', '/v1/uploads/presign', { token })).status).toBe(200)
    expect((await (await signedIn(there.person, there.settings)).get('/admin/')).status).toBe(503)
  })

  it.each(['camera_camera', 'rules_rule', 'sign_in_attempts', 'django_admin_log', 'auth_group_permissions'])(
    'lets the role not at %s: /readyz tells',
    async (table) => {
      const there = await aDatabaseOfARole()
      expect((await ask(there, 'GET', '/readyz')).status).toBe(200)
      await there.sql.query(`revoke all on ${table} from ${there.role}`)
      expectUnavailable(await ask(there, 'GET', '/readyz'), '42501')
    },
  )
})

describe('a database that only reads', () => {
  it('answers what reads, and 503 to what writes, a sign-in too', async () => {
    const there = await aDatabaseOfARole()
    await there.sql.query(`alter database ${there.name} set default_transaction_read_only = on`)
    const { access: token, refresh, email, publicUserId } = there.person
    const path = `/v1/user/${publicUserId}/`

    for (const [method, path, options] of [
      ['GET', '/v1/cameras/', { token }],
      ['GET', '/v1/users/', { token }],
      ['POST', '/v1/auth/token/refresh/', { json: { refresh } }],
      ['GET', '/readyz', {}],
    ] as const)
      expect((await ask(there, method, path, options)).status).toBe(200)

    for (const [method, path_, options] of [
      ['POST', '/v1/cameras/', { token, json: { location: 'x' } }],
      ['PATCH', path, { token, json: { first_name: 'Jane' } }],
      ['PATCH', path, { token, json: { password: 'calm-harbour-83', current_password: PASSWORD } }],
      ['DELETE', path, { token }],
      ['POST', '/v1/auth/register/', { json: json() }],
      // A guess that cannot be counted is not checked.
      ['POST', '/v1/auth/token/', { json: { email, password: PASSWORD } }],
      ['POST', '/v1/auth/token/', { json: { email, password: 'wrong' } }],
    ] as const)
      expectUnavailable(await ask(there, method, path_, options), '25006')
  })
})

describe('what a database says', () => {
  const answered = (cause: object) => {
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    const { status } = explain(
      new DatabaseError({ name: 'NeonDbError', message: 'hush', detail: 'hush', ...cause }),
      'r',
    )
    const lines = logged.mock.calls.map(([line]) => String(line))
    logged.mockRestore()
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('hush')
    return status
  }

  it.each([
    [
      '08006',
      '25006',
      '25P03',
      '25P04',
      '28000',
      '28P01',
      '3D000',
      '3F000',
      '40001',
      '40P01',
      '42501',
      '42703',
      '42704',
    ],
    [
      '42883',
      '42P01',
      '53000',
      '53100',
      '53200',
      '53300',
      '55000',
      '55006',
      '55P03',
      '57014',
      '57P01',
      '57P02',
      '57P03',
    ],
    ['57P04', '57P05', '58000', '58030', '58P01', 'F0000', 'XX000', 'XX001', 'XX002'],
    // Neon's proxy gives no code for its own refusals: a wrong password, a quota, an endpoint that does not start.
    ['', null, undefined],
  ])('may be answered later: %s, …', (...codes) => {
    for (const code of codes) expect([code, answered({ code })]).toEqual([code, 503])
  })

  it.each(['0A000', '21000', '23502', '23514', '42601', '42804', '54001', 'P0001'])(
    'is our fault: %s',
    (code) => {
      expect(answered({ code })).toBe(500)
    },
  )
})

describe('what is done by the clock', () => {
  it('says that it failed, and tells nothing', async () => {
    const there = await aDatabaseOfARole()
    await there.sql.query(`revoke all on sign_in_attempts from ${there.role}`)
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    const run = (changes: object) =>
      worker.scheduled(createScheduledController(), { ...env, ...changes }, createExecutionContext())

    await expect(run(there.settings)).rejects.toThrow(/^scheduled work failed$/)
    await expect(run({ DATABASE_URL: 'hush' })).rejects.toThrow(/^scheduled work failed$/)
    await run((await aDatabase()).settings)

    const [denied, misconfigured, ...failed] = logged.mock.calls.map(([line]) => JSON.parse(String(line)))
    expect(denied).toEqual({
      event: 'scheduled_failed',
      work: 'attempts',
      name: 'Error',
      sqlstate: '42501',
    })
    expect(misconfigured).toEqual({
      event: 'configuration_error',
      setting: 'DATABASE_URL',
      words: expect.any(String),
    })
    // All at once, in any order.
    const works = [
      'attempts',
      'clips',
      'erasures',
      'nobody',
      'pairings',
      'resets',
      'retention',
      'sessions',
      'usage',
    ]
    expect(failed.toSorted((a, b) => (a.work < b.work ? -1 : 1))).toEqual(
      works.map((work) => ({ event: 'scheduled_failed', work, name: 'Error' })),
    )
  })
})

async function endConnections(server: ReturnType<typeof driverFor>, name: string) {
  await server`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
}
