import { getTableColumns } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { app } from '../src/app.ts'
import { cameras, rules, users } from '../src/db/schema.ts'
import { newAddress, send } from './support/client.ts'
import {
  aCamera,
  aDevice,
  aRule,
  aUser,
  type Camera,
  newEmail,
  newNonce,
  PASSWORD,
  propertyOf,
  type Rule,
  sql,
  type User,
} from './support/factories.ts'

type World = { user: User; camera: Camera; rule: Rule }

async function aWorld(): Promise<World> {
  const user = await aUser()
  const camera = await aCamera(user)
  return { user, camera, rule: await aRule(user, camera) }
}

type Sent = Record<string, unknown>

/** Every route that writes, with a valid body. The first test fails if a route is missing here. */
const WRITES: Record<string, (world: World) => Sent | Promise<Sent>> = {
  'POST /v1/auth/register': () => ({ email: newEmail(), password: PASSWORD }),
  'PUT /v1/user/:userId': ({ user }) => ({ email: user.email }),
  'PATCH /v1/user/:userId': () => ({}),
  'POST /v1/cameras': () => ({ location: 'Attic' }),
  'PUT /v1/cameras/:cameraId': ({ camera }) => ({ location: camera.location }),
  'PATCH /v1/cameras/:cameraId': () => ({}),
  'POST /v1/cameras/:cameraId/rules': () => ({ rule: 'Tell me of cats', rule_nickname: 'Cats' }),
  'PUT /v1/cameras/:cameraId/rules/:ruleId': ({ rule }) => ({
    rule: rule.rule,
    rule_nickname: rule.nickname,
  }),
  'PATCH /v1/cameras/:cameraId/rules/:ruleId': () => ({}),
  'POST /v1/cameras/claim': async () => ({ claim_token: (await aDevice()).claimToken, location: 'Attic' }),
  'POST /v1/cameras/pair': async ({ user }) => {
    const json = { location: 'Attic' }
    const { body } = await send('POST', '/v1/cameras/pairing_codes/', { token: user.access, json })
    return { pairing_code: body.pairing_code, nonce: newNonce() }
  },
}
/** Routes whose body does not become a row of these tables. */
const OTHERS = [
  'POST /v1/auth/token',
  'POST /v1/auth/token/refresh',
  'POST /v1/auth/sessions',
  'POST /v1/auth/sessions/refresh',
  'POST /v1/auth/password_reset',
  'POST /v1/auth/password_reset/confirm',
  'POST /v1/uploads/presign',
  'POST /v1/users/apns_token',
  'POST /v1/push/targets',
  'POST /v1/push/targets/:targetId/test',
  'POST /v1/cameras/provision',
  'POST /v1/cameras/register',
  'POST /v1/cameras/pairing_codes',
  'POST /v1/cameras/auth/token',
  'POST /v1/cameras/heartbeat',
  'POST /v1/cameras/update_preview_time',
  'POST /v1/cameras/presigned_upload_url',
  'POST /v1/cameras/:cameraId/notifications/clear',
  'POST /v1/cameras/:cameraId/rules/try',
  'POST /v1/notifications/seen',
  'POST /v1/notifications/clear',
  'POST /v1/notifications/:notificationId/actions',
  'PATCH /v1/notification_settings',
  'POST /v1/events',
  'POST /v1/events/:eventId/feedback',
  'POST /v1/storage_events',
]
/** The headers by which a client describes itself. */
const INPUTS =
  'email password current_password first_name last_name location time_zone is_armed snoozed_until rule rule_nickname is_enabled cooldown_in_seconds importance'.split(
    ' ',
  )

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const columnsOf = (table: PgTable) => Object.entries(getTableColumns(table))

/** A value for every column of every table, in both spellings, that is another user's or harmful. */
const poison = (victim: User) =>
  Object.fromEntries(
    [users, cameras, rules]
      .flatMap(columnsOf)
      .flatMap(([name, { dataType, columnType }]) => {
        const id = columnType === 'PgUUID' ? victim.publicUserId : 'root'
        const values: Record<string, unknown> = {
          boolean: true,
          number: victim.id,
          custom: '2001-01-01T00:00:00Z',
        }
        const value = values[dataType] ?? id
        return [
          [snakeCase(name), value],
          [name, value],
        ]
      })
      .concat([
        ['owner', victim.id],
        ['camera', victim.id],
        ['user_id', victim.id],
        ['is_active', false],
      ])
      .filter(([name]) => !INPUTS.includes(String(name))),
  ) as Record<string, unknown>

const fill = (path: string, { user, camera, rule }: World) =>
  path
    .replace(':userId', user.publicUserId)
    .replace(':cameraId', camera.publicCameraId)
    .replace(':ruleId', rule.publicRuleId)

describe('a column that is not for clients', () => {
  const writing = app.routes
    .filter(({ method, path }) => ['POST', 'PUT', 'PATCH'].includes(method) && path.startsWith('/v1/'))
    .map(({ method, path }) => `${method} ${path}`)

  it('is tried on every route that writes', () => {
    expect([...Object.keys(WRITES), ...OTHERS].sort()).toEqual([...new Set(writing)].sort())
  })

  it.each(Object.keys(WRITES))('is not set by %s', async (name) => {
    const [method = '', path = ''] = name.split(' ')
    const [world, victim] = [await aWorld(), await aUser()]
    const [mine, theirs] = [await propertyOf(world.user), await propertyOf(victim)]
    const good = await WRITES[name]!(world)

    const { status, body } = await send(method, fill(path, world), {
      token: world.user.access,
      json: { ...poison(victim), ...good },
    })

    expect(status).toBe(method === 'POST' && !path.endsWith('/claim') ? 201 : 200)
    expect(await propertyOf(victim)).toEqual(theirs)
    const after = await propertyOf(world.user)
    expect(after.account).toEqual(mine.account)
    expect(after.cameras.slice(0, 1)).toEqual(mine.cameras)
    expect(after.rules.slice(0, 1)).toEqual(mine.rules)
    for (const row of [...after.cameras.slice(1), ...after.rules.slice(1)]) {
      expect(Number(row.owner_id)).toBe(world.user.id)
      expect(Object.values(row)).not.toContain(victim.publicUserId)
      expect(Date.now() - Date.parse(row.created_at)).toBeLessThan(60_000)
    }
    const [registered] =
      await sql`select * from users where email = ${String(good.email)} and id <> ${world.user.id}`
    if (name.endsWith('register'))
      expect(registered).toMatchObject({
        public_user_id: body.public_user_id,
        username: good.email,
        is_active: true,
        is_staff: false,
        is_superuser: false,
        last_login: null,
        sessions_valid_from: null,
      })
  })
})

const INJECTIONS = [
  `'; drop table users; --`,
  `' or '1'='1`,
  `"; update users set is_superuser = true; --`,
  `$1 \${1} $$ $tag$ :1 ? %s %27`,
  String.raw`\'; select pg_sleep(9); -- \x27 \u0027 E'\\'`,
  `{{7*7}} <script>alert(1)</script>`,
  `a\r\nX-Evil: 1\r\n\r\nb`,
  `%_\\%`,
]

describe('an injection', () => {
  it.each(INJECTIONS)('is kept as the text it is: %j', async (text) => {
    const { user, camera, rule } = await aWorld()
    const call = (method: string, path: string, json: object) =>
      send(method, path, { token: user.access, json })
    const cameraPath = `/v1/cameras/${camera.publicCameraId}/`
    const rulePath = `${cameraPath}rules/${rule.publicRuleId}/`

    const answers = [
      await call('PATCH', `/v1/user/${user.publicUserId}/`, { first_name: text, last_name: text }),
      await call('POST', '/v1/cameras/', { location: text }),
      await call('PATCH', cameraPath, { location: text }),
      await call('POST', `${cameraPath}rules/`, { rule: text, rule_nickname: text }),
      await call('PATCH', rulePath, { rule: text, rule_nickname: text }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 201, 200, 201, 200])
    expect(answers.every(({ headers }) => !headers.has('X-Evil'))).toBe(true)
    const { account, cameras, rules } = await propertyOf(user)
    expect(account).toMatchObject([{ first_name: text, last_name: text, is_superuser: false }])
    expect(cameras.map(({ location }) => location)).toEqual([text, text])
    expect(rules.map(({ rule, rule_nickname }) => [rule, rule_nickname])).toEqual([
      [text, text],
      [text, text],
    ])
  })

  it.each(INJECTIONS)('lets nobody in: %j', async (text) => {
    const { user } = await aWorld()
    const statuses = [
      await send('POST', '/v1/auth/token/', { json: { email: text, password: text } }),
      await send('POST', '/v1/auth/token/', { json: { email: user.email, password: text } }),
      await send('POST', '/v1/auth/token/refresh/', { json: { refresh: text } }),
      await send('GET', `/v1/user/${encodeURIComponent(text)}/`, { token: user.access }),
      await send('GET', `/v1/cameras/${encodeURIComponent(text)}/rules/`, { token: user.access }),
    ].map(({ status }) => status)
    expect(statuses).toEqual([401, 401, 401, 404, 404])
  })

  it.each(INJECTIONS)('is no page and no filter: %j', async (text) => {
    const { user, camera } = await aWorld()
    await aCamera(await aUser())
    const query = new URLSearchParams({ limit: text, after: text, all: text, order: text, owner: text })
    const { status, body } = await send('GET', `/v1/cameras/?${query}`, { token: user.access })
    expect(status).toBe(200)
    expect(body.map((found: { id: number }) => found.id)).toEqual([camera.id])
  })

  it.each(INJECTIONS)('registers nobody by a name that is no address: %j', async (text) => {
    const { status, body } = await send('POST', '/v1/auth/register/', {
      json: { email: `${text}@example.com`, password: PASSWORD },
    })
    if (status === 400) expect(body).toEqual({ email: ['Enter a valid email address.'] })
    else
      expect(
        await sql`select email from users where email = ${text.toLowerCase()} || '@example.com'`,
      ).toHaveLength(1)
  })

  it('is no upload of another type', async () => {
    const user = await aUser()
    for (const type of INJECTIONS.map((text) => `image/jpeg${text}`)) {
      const { status, body } = await send('POST', '/v1/uploads/presign', {
        token: user.access,
        json: { 'content-type': type },
      })
      expect([status, body]).toEqual([400, { detail: 'Unsupported content type' }])
    }
  })

  it('is no request id', async () => {
    const { headers } = await send('GET', '/healthz', {
      headers: { 'X-Request-Id': `"}{"event":"forged <x>` },
    })
    expect(headers.get('X-Request-Id')).toMatch(/^[\da-f-]{36}$/)
  })
})

describe('a text that makes regular expressions backtrack', () => {
  const long = 60_000
  const texts = {
    dots: `${'a.'.repeat(long / 2)}@`,
    hyphens: `a@${'a-'.repeat(long / 2)}`,
    labels: `a@${'a.'.repeat(long / 2)}-`,
    'one label': `a@${'a'.repeat(long)}`,
    quotes: `"${'\\"'.repeat(long / 2)}@a.com`,
    ats: '@'.repeat(long),
    spaces: `${' '.repeat(long / 2)}a${' '.repeat(long / 2)}`,
    'odd spaces': `a${'\u3000 \t'.repeat(long / 10)}b`,
    colons: `a@[${':'.repeat(long)}]`,
    digits: '9'.repeat(long),
    'combining marks': `${'e\u0301'.repeat(long / 4)}@a.com`,
  }

  it.each(Object.entries(texts))('costs no time anywhere: %s', async (_, text) => {
    const { user, camera } = await aWorld()
    const start = performance.now()
    await send('POST', '/v1/auth/token/refresh/', { json: { refresh: text } })
    await send('POST', '/v1/auth/register/', { json: { email: text, first_name: text } })
    await send('POST', '/v1/auth/register/', { json: { email: 'x', password: text } })
    await send('PATCH', `/v1/user/${user.publicUserId}/`, { token: user.access, json: { email: text } })
    await send('POST', '/v1/cameras/', { token: user.access, json: { location: text } })
    await send('POST', `/v1/cameras/${camera.publicCameraId}/rules/`, {
      token: user.access,
      json: { rule: text, rule_nickname: text.slice(0, 9), is_enabled: text.slice(0, 9) },
    })
    await send('POST', '/v1/uploads/presign', { token: user.access, json: { 'content-type': text } })
    // Seven requests; a regular expression that backtracks over 60,000 characters would take minutes.
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  it('costs no time in a header or a query', async () => {
    const user = await aUser()
    const start = performance.now()
    const text = `${' '.repeat(4_000)}${'a.'.repeat(4_000)}`
    await send('GET', '/v1/cameras/', { headers: { Authorization: `Bearer${text}` } })
    await send('POST', '/v1/cameras/', {
      token: user.access,
      body: '{}',
      headers: { 'Content-Type': `a${text}` },
    })
    await send('GET', `/v1/cameras/?limit=${'0'.repeat(8_000)}&after=${'0-'.repeat(4_000)}`, {
      token: user.access,
    })
    await send('GET', '/healthz', {
      headers: { 'CF-Connecting-IP': ':'.repeat(8_000), 'X-Request-Id': text },
    })
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})

describe('who has an account', () => {
  it('is not told by a sign-in', async () => {
    const [known, inactive] = [await aUser(), await aUser({ isActive: false })]
    const answers = await Promise.all(
      [
        { email: known.email, password: 'wrong' },
        { email: newEmail(), password: PASSWORD },
        { email: inactive.email, password: PASSWORD },
      ].map((json) => send('POST', '/v1/auth/token/', { json })),
    )
    expect(new Set(answers.map(visible)).size).toBe(1)
    expect(answers[0]!.status).toBe(401)
  })

  it('is not told by a refresh', async () => {
    const [deleted, inactive] = [await aUser(), await aUser()]
    await sql`delete from users where id = ${deleted.id}`
    await sql`update users set is_active = false where id = ${inactive.id}`
    const answers = await Promise.all(
      [deleted, inactive].map(({ refresh }) =>
        send('POST', '/v1/auth/token/refresh/', { json: { refresh } }),
      ),
    )
    expect(new Set(answers.map(visible)).size).toBe(1)
  })

  it('is not told by an id', async () => {
    const [user, other] = [await aUser(), await aUser()]
    const unknown = crypto.randomUUID()
    const answers = await Promise.all(
      [other.publicUserId, unknown].map((id) => send('GET', `/v1/user/${id}/`, { token: user.access })),
    )
    expect(new Set(answers.map(visible)).size).toBe(1)
  })

  /** What an attacker sees of an answer, without the parts that differ every time. */
  const visible = ({ status, headers, body }: Awaited<ReturnType<typeof send>>) =>
    JSON.stringify([status, body, [...headers.keys()].sort(), headers.get('WWW-Authenticate')])
})

describe('an address that a client makes up', () => {
  it('escapes no limit', async () => {
    const address = newAddress()
    const settings = { THROTTLE: 'on' as const }
    const statuses = await Promise.all(
      Array.from({ length: 130 }, async (_, count) => {
        const made = `203.0.113.${count}`
        const headers = {
          'CF-Connecting-IP': address,
          'X-Forwarded-For': made,
          'X-Real-IP': made,
          Forwarded: `for=${made}`,
          'True-Client-IP': made,
        }
        return (await send('POST', '/v1/auth/token/refresh/', { json: { refresh: 'x' }, headers, settings }))
          .status
      }),
    )
    expect(statuses.filter((status) => status === 429)).toHaveLength(10)
  })
})

describe('a body that comes slowly', () => {
  it('holds up nobody else, and no statement', async () => {
    const [slow, quick] = [await aUser(), await aUser()]
    const { promise: rest, resolve: sendRest } = Promise.withResolvers<void>()
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode('{"location":'))
        await rest
        controller.enqueue(new TextEncoder().encode('"Attic"}'))
        controller.close()
      },
    })
    const type = { 'Content-Type': 'application/json' }
    const waiting = send('POST', '/v1/cameras/', { token: slow.access, body, headers: type })

    const { status } = await send('POST', '/v1/cameras/', { token: quick.access, json: { location: 'Shed' } })
    const meanwhile = await propertyOf(slow)
    sendRest()

    expect(status).toBe(201)
    expect(meanwhile.cameras).toEqual([])
    expect((await waiting).body).toMatchObject({ location: 'Attic' })
  })
})

describe('a hundred rules at once', () => {
  it('are a hundred rules', async () => {
    const { user, camera } = await aWorld()
    const texts = Array.from({ length: 100 }, (_, count) => `Rule ${count}`)
    const answers = await Promise.all(
      texts.map((rule) =>
        send('POST', `/v1/cameras/${camera.publicCameraId}/rules/`, {
          token: user.access,
          json: { rule, rule_nickname: rule },
        }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(201))
    const { rules } = await propertyOf(user)
    expect(
      rules
        .slice(1)
        .map(({ rule }) => rule)
        .sort(),
    ).toEqual(texts.sort())
    expect(new Set(answers.map(({ body }) => body.public_rule_id)).size).toBe(100)
  })
})
