import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { app } from '../src/app.ts'
import { hashPassword } from '../src/auth/passwords.ts'
import type { AppEnv } from '../src/http/router.ts'
import { faultsOf, settings } from '../src/settings.ts'
import { breakSql, newRequestId, send, statementsOf } from './support/client.ts'
import { aUser, newEmail, PASSWORD, sql } from './support/factories.ts'

type Bindings = AppEnv['Bindings']
type Changes = { [Name in keyof Bindings]?: unknown }
const UNAVAILABLE = { detail: 'Service temporarily unavailable, try again later.' }
/** The limits and costs of production. */
const real = {
  ...env,
  THROTTLE: 'on',
  PASSWORD_ROUNDS: undefined,
  JUDGE_URL: 'https://judge.example.com/v1',
  JUDGE_MODEL: 'a model',
  LOOPBACK_TARGETS: 'off',
}
const apnsKey = JSON.parse(String((env as { APNS_KEY?: string }).APNS_KEY))
const apnsKeyWith = (change: object) => JSON.stringify({ ...apnsKey, ...change })
/** The settings of a deployment: its database is on another machine. */
const deployed = { DATABASE_URL: 'postgres://a:b@db.example.com/scout', SQL_ENDPOINT: '' }
const faultsWith = (changes: Changes) => faultsOf({ ...real, ...changes } as Bindings)

describe('a setting is refused', () => {
  const tables: Record<string, unknown[]> = {
    DATABASE_URL: [
      undefined,
      '',
      5432,
      'scout',
      'db.example.com:5432/scout',
      'mysql://hush:hush@db.example.com/scout',
      'postgres://db.example.com/scout',
      'postgres://hush:hush@db.example.com',
      'postgres://hush:hush@db.example.com/',
      'postgres://hush:hu#sh@db.example.com/scout',
      'postgres://hush:hu sh@db.example.com/scout',
      'postgres://hush:hush@db.example.com/scout\n',
    ],
    SQL_ENDPOINT: [
      'db.example.com/sql',
      '//db.example.com/sql',
      'ws://db.example.com/sql',
      'https://',
      'https:x',
    ],
    SQL_TIMEOUT_IN_MS: ['0', '99', '4501', '-1000', '1e3', '4 s', '1000.5', ' ', 4000],
    JWT_SECRET: [
      undefined,
      '',
      'hush',
      'h'.repeat(31),
      'ü'.repeat(15),
      'replace-me-with-at-least-32-random-bytes',
    ],
    JWT_SECRET_PREVIOUS: ['hush', 'h'.repeat(31), 'replace-me-with-at-least-32-random-bytes'],
    ACCESS_TOKEN_LIFETIME_IN_SECONDS: [undefined, '', '0', '-5', '5m', '86401', '1e2', 'Infinity', '300.5'],
    REFRESH_TOKEN_LIFETIME_IN_SECONDS: [undefined, '', '0', '1 day', '99999999999'],
    S3_BUCKET: [
      undefined,
      '',
      'ab',
      'a'.repeat(64),
      'Photos',
      'my_photos',
      'photos/2026',
      '-photos',
      'photos.',
      'a..b',
      '192.168.0.1',
      's3://photos',
      'photos ',
    ],
    S3_REGION: [undefined, '', 'EU', 'eu central 1', 'eu-central-1/', 'eu_central_1', 'a.b'],
    S3_ENDPOINT: [
      'minio.example.com:9000',
      'minio.example.com',
      'localhost:9000',
      '//minio.example.com',
      's3://minio.example.com',
      'ftp://minio.example.com',
      'https://',
      'https:/minio.example.com',
      'https://minio.example.com?x=1',
      'https://minio.example.com#x',
      'https://hush:hush@minio.example.com',
      'https://minio.example.com /',
      'https://minio.example.com:port',
    ],
    AWS_ACCESS_KEY_ID: [undefined, '', ' ', 'replace-me', 'AKIA 1', 'AKIA\n'],
    AWS_SECRET_ACCESS_KEY: [undefined, '', '  ', 'replace-me', 'hush\n'],
    AWS_SESSION_TOKEN: [' ', '\n'],
    PUBLIC_URL: [
      undefined,
      '',
      'scout.example.com',
      '//scout.example.com',
      'https://',
      'https://scout.example.com/app',
      'https://scout.example.com?x',
      'https://scout.example.com#x',
      'https://hush@scout.example.com',
      'https://scout.example.com, https://b.example.com',
      'ftp://scout.example.com',
      'capacitor://localhost',
      '*',
    ],
    MAIL_FROM: [
      'scout',
      'scout@',
      '@example.com',
      'Scout scout@example.com',
      'Scout <scout>',
      'Scout <scout@example.com',
      'Scout <scout@example.com> <a@example.com>',
      'scout@example.com, a@example.com',
      'Scout\n<scout@example.com>',
      'Späher <scout@example.com>',
      ' ',
    ],
    SES_REGION: [undefined, '', 'EU', 'eu central 1', 'eu_central_1'],
    SES_ENDPOINT: [
      'ses.example.com',
      'ftp://ses.example.com',
      'https://hush:hush@ses.example.com',
      'https://',
    ],
    AWS_SES_ACCESS_KEY_ID: [undefined, '', ' ', 'replace-me', 'AKIA 1'],
    AWS_SES_SECRET_ACCESS_KEY: [undefined, '', '  ', 'replace-me', 'hush\n'],
    JUDGE_URL: [
      'judge.example.com',
      'ftp://judge.example.com',
      'https://hush:hush@judge.example.com',
      'https://judge.example.com?key=hush',
      'https://',
      ' ',
    ],
    JUDGE_MODEL: [undefined, '', ' ', ' hush', 'hush\n'],
    JUDGE_API_KEY: [' ', 'hush hush', 'replace-me', 'hush\n'],
    JUDGE_TIMEOUT_IN_MS: ['', '0', '99', '120001', '20 s', '2e4', 20000],
    VAPID_PUBLIC_KEY: [
      undefined,
      '',
      'hush',
      `A${'h'.repeat(86)}`,
      `B${'h'.repeat(85)}`,
      `B${'h'.repeat(86)}=`,
      `B${'+'.repeat(86)}`,
      'replace-me',
    ],
    VAPID_PRIVATE_KEY: [undefined, '', 'hush', 'h'.repeat(42), 'h'.repeat(44), `${'h'.repeat(43)}=`],
    VAPID_SUBJECT: [
      undefined,
      '',
      'hush@example.com',
      'mailto:',
      'mailto:hush',
      'mailto:hush@example',
      'mailto:hush @example.com',
      'http://hush.example.com',
      'https://localhost',
      'https://',
    ],
    PUSH_SERVICES: [
      'hush',
      '*.example.com',
      'https://hush.example.com',
      'hush.example.com:8443',
      'hush.example.com/',
      '.example.com',
      'example.com.',
      '*',
    ],
    APNS_KEY: [
      'hush',
      '{}',
      'null',
      '[]',
      '-----BEGIN PRIVATE KEY-----',
      apnsKeyWith({ kid: undefined }),
      apnsKeyWith({ alg: undefined }),
      apnsKeyWith({ alg: 'HS256' }),
      apnsKeyWith({ kid: 'hush' }),
      apnsKeyWith({ d: undefined }),
      apnsKeyWith({ crv: 'P-384' }),
      apnsKeyWith({ x: 'hush' }),
    ],
    APNS_TEAM_ID: [undefined, '', 'hush', 'abcde12345', 'ABCDE123456'],
    APNS_TOPIC: [undefined, '', 'hush', 'com.example.', 'com example', 'com.example.scout '],
    APNS_ENVIRONMENT: ['', 'development', 'Production', 'both'],
    APNS_URL: ['hush', 'apns.example.com', 'https://a.example.com hush', 'https://hush:hush@a.example.com'],
    LOOPBACK_TARGETS: ['', 'yes', 'ON', true],
    CORS_ORIGINS: [
      '*',
      'null',
      'app.example.com',
      'localhost:5173',
      'https://app.example.com/path',
      'https://app.example.com//',
      'https://app.example.com?x',
      'https://*.example.com',
      'https://hush@app.example.com',
      'https://app example.com',
      'https://app.example.com; https://b.example.com',
      'https://app.example.com, *',
      'file://',
      'file:///',
      'https:app.example.com',
      'javascript:1',
    ],
    THROTTLE: ['', 'OFF', 'false', '0', 'no', true],
    LOG_SAMPLE_RATE: ['', ' ', '1.1', '-0.1', '10%', 'all', '0,5', 'NaN', '1e-1', '2'],
    PASSWORD_ROUNDS: ['', '0', '-1', '100001', '1e3', '70,000', 'few'],
  }
  const cases = Object.entries(tables).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  )

  it.each(cases)('%s of %j', (name, value) => {
    const faults = faultsWith({ [name]: value })
    expect(faults).toEqual([{ setting: name, words: expect.stringMatching(/^(is|has|holds|still) /) }])
    expect(faults[0]!.words).not.toContain('hush')
  })

  it.each([
    ['S3_BUCKET', 'scout-uploads'],
    ['THROTTLE', 'off'],
    ['LOOPBACK_TARGETS', 'on'],
    ['PASSWORD_ROUNDS', '70000'],
    ['SQL_TIMEOUT_IN_MS', '999'],
    ['PUBLIC_URL', 'http://localhost:8787'],
  ])('%s of %s beside a database that is not on this machine', (name, value) => {
    expect(faultsWith({ [name]: value })).toEqual([])
    for (const endpoint of ['', 'https://127.0.0.1.example.com/sql', 'https://db.example.com/sql'])
      expect(faultsWith({ ...deployed, SQL_ENDPOINT: endpoint, [name]: value })).toMatchObject([
        { setting: name },
      ])
  })

  it('PASSWORD_ROUNDS also where the endpoint alone is on this machine', () => {
    const { DATABASE_URL } = deployed
    expect(faultsWith({ DATABASE_URL, PASSWORD_ROUNDS: '7' })).toMatchObject([{ setting: 'PASSWORD_ROUNDS' }])
  })

  it('each by itself, where several are wrong', () => {
    const faults = faultsWith({ JWT_SECRET: 'hush', S3_REGION: '', S3_BUCKET: '', CORS_ORIGINS: '*' })
    expect(faults.map(({ setting }) => setting)).toEqual([
      'JWT_SECRET',
      'S3_BUCKET',
      'S3_REGION',
      'CORS_ORIGINS',
    ])
  })
})

describe('a setting is taken', () => {
  it.each<[string, Changes]>([
    ['of a deployment', deployed],
    ['without what is optional', { ...deployed, SQL_TIMEOUT_IN_MS: undefined, CORS_ORIGINS: undefined }],
    ['of another scheme', { DATABASE_URL: 'postgresql://a@db.example.com:5432/scout?sslmode=require' }],
    ['with an escaped password', { DATABASE_URL: 'postgres://a:p%23%40@[::1]/scout' }],
    ['of 32 bytes', { JWT_SECRET: 'ü'.repeat(16), JWT_SECRET_PREVIOUS: '' }],
    ['of R2', { S3_REGION: 'auto', S3_ENDPOINT: 'https://account.r2.cloudflarestorage.com' }],
    ['of a bucket with dots', { S3_BUCKET: 'a.bucket-2' }],
    ['of an origin', { ...deployed, PUBLIC_URL: 'https://scout.example.com:8443/' }],
    [
      'without mail',
      { MAIL_FROM: '', SES_REGION: '', AWS_SES_ACCESS_KEY_ID: '', AWS_SES_SECRET_ACCESS_KEY: undefined },
    ],
    ['of mail from a bare address', { MAIL_FROM: 'scout+mail@mail.example.com' }],
    [
      'without a judge',
      { JUDGE_URL: '', JUDGE_MODEL: '', JUDGE_API_KEY: undefined, JUDGE_TIMEOUT_IN_MS: undefined },
    ],
    [
      'of a judge on this machine',
      { JUDGE_URL: 'http://localhost:11434/v1/', JUDGE_MODEL: 'gemma 3', JUDGE_API_KEY: '' },
    ],
    [
      'without push',
      {
        VAPID_PUBLIC_KEY: '',
        VAPID_PRIVATE_KEY: undefined,
        VAPID_SUBJECT: '',
        APNS_KEY: undefined,
        APNS_TEAM_ID: '',
        APNS_TOPIC: '',
        APNS_ENVIRONMENT: undefined,
        LOOPBACK_TARGETS: undefined,
      },
    ],
    ['of a push service besides', { PUSH_SERVICES: 'Push.Example.com, push.example.org' }],
    ['of a contact by https', { VAPID_SUBJECT: 'https://scout.example.com/contact' }],
    ['of two relays', { APNS_URL: 'https://relay.example.com/a http://127.0.0.1:4000' }],
    ['of no log', { LOG_SAMPLE_RATE: '0' }],
    ['of half a log', { LOG_SAMPLE_RATE: '.5' }],
  ])('%s', (_, changes) => {
    expect(faultsWith(changes)).toEqual([])
  })

  it('unless the bucket would be in its URLs twice', () => {
    const S3_ENDPOINT = `https://account.r2.cloudflarestorage.com/${env.S3_BUCKET}/`
    expect(faultsWith({ S3_ENDPOINT })).toEqual([
      { setting: 'S3_ENDPOINT', words: 'ends with the bucket, which is added to it' },
    ])
  })

  it('as it is meant', () => {
    const read = {
      ...env,
      S3_ENDPOINT: 'HTTPS://Minio.Example.com/s3//',
      CORS_ORIGINS: '',
      LOG_SAMPLE_RATE: '.25',
    }
    expect(settings(read, 'storage').S3_ENDPOINT).toBe('https://minio.example.com/s3')
    const push = {
      ...env,
      PUSH_SERVICES: 'Push.Example.com,b.example',
      APNS_URL: 'https://a.example/x/ http://b',
    }
    expect(settings(push, 'push')).toMatchObject({
      PUSH_SERVICES: ['push.example.com', 'b.example'],
      APNS_URL: ['https://a.example/x', 'http://b'],
      APNS_KEY: apnsKey,
    })
    expect(settings(read, 'requests')).toEqual({
      CORS_ORIGINS: new Set(),
      THROTTLE: 'off',
      LOG_SAMPLE_RATE: 0.25,
    })
  })

  it.each([
    ['https://App.Example.COM', 'https://app.example.com'],
    ['HTTPS://app.example.com/', 'https://app.example.com'],
    ['https://app.example.com:443', 'https://app.example.com'],
    ['https://b.example.com,https://app.example.com', 'https://app.example.com'],
    ['https://b.example.com https://app.example.com', 'https://app.example.com'],
    [' https://app.example.com , ', 'https://app.example.com'],
    ['http://localhost:5173/', 'http://localhost:5173'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['Ionic://LocalHost/', 'ionic://localhost'],
    ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('of an origin: %s lets in %s', async (CORS_ORIGINS, Origin) => {
    const { headers } = await send('GET', '/v1/cameras/', { headers: { Origin }, settings: { CORS_ORIGINS } })
    expect(headers.get('Access-Control-Allow-Origin')).toBe(Origin)
  })
})

describe('a Worker with a wrong setting', () => {
  /** The Worker's answer and its log lines. */
  async function ask(
    method: string,
    path: string,
    changes: Changes,
    options: { json?: object; token?: string } = {},
  ) {
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    const hashed = vi.spyOn(crypto.subtle, 'deriveBits')
    const answer = await send(method, path, {
      ...options,
      settings: { ...real, ...changes } as Partial<Bindings>,
    })
    const lines = logged.mock.calls.map(([line]) => JSON.parse(String(line)))
    const hashes = hashed.mock.calls.length
    vi.restoreAllMocks()
    return { ...answer, lines, hashes, statements: await statementsOf(answer.requestId) }
  }

  const wrong: [setting: string, value: string, routes: string[]][] = [
    ['DATABASE_URL', 'hush://hush', ['register', 'token', 'session', 'reset', 'refresh', 'cameras', 'user']],
    ['SQL_ENDPOINT', 'hush', ['register', 'token', 'refresh', 'cameras', 'user']],
    ['SQL_TIMEOUT_IN_MS', 'hush', ['register', 'token', 'refresh', 'cameras', 'user']],
    ['JWT_SECRET', 'hush', ['register', 'token', 'refresh', 'cameras', 'user', 'presign']],
    ['JWT_SECRET_PREVIOUS', 'hush', ['register', 'token', 'refresh', 'cameras', 'user', 'presign']],
    ['ACCESS_TOKEN_LIFETIME_IN_SECONDS', 'hush', ['register', 'token', 'session', 'reset', 'refresh']],
    ['REFRESH_TOKEN_LIFETIME_IN_SECONDS', 'hush', ['register', 'token', 'refresh']],
    ['S3_BUCKET', 'Hush', ['presign']],
    ['S3_REGION', 'Hush', ['presign']],
    ['S3_ENDPOINT', 'hush.example.com:9000', ['presign']],
    ['AWS_ACCESS_KEY_ID', 'hush hush', ['presign']],
    ['AWS_SECRET_ACCESS_KEY', 'hush hush', ['presign']],
    ['AWS_SESSION_TOKEN', ' ', ['presign']],
    ['PUBLIC_URL', 'hush', ['forgotten', 'page']],
    ['MAIL_FROM', 'hush', ['forgotten']],
    ['SES_REGION', 'Hush', ['forgotten']],
    ['SES_ENDPOINT', 'hush.example.com', ['forgotten']],
    ['AWS_SES_ACCESS_KEY_ID', 'hush hush', ['forgotten']],
    ['AWS_SES_SECRET_ACCESS_KEY', 'hush hush', ['forgotten']],
    ['JUDGE_URL', 'hush.example.com', []],
    ['JUDGE_MODEL', ' hush', []],
    ['JUDGE_API_KEY', 'hush hush', []],
    ['JUDGE_TIMEOUT_IN_MS', 'hush', []],
    ['VAPID_PUBLIC_KEY', 'hush', []],
    ['VAPID_PRIVATE_KEY', 'hush', []],
    ['VAPID_SUBJECT', 'hush', []],
    ['PUSH_SERVICES', 'hush', []],
    ['APNS_KEY', 'hush', []],
    ['APNS_TEAM_ID', 'hush', []],
    ['APNS_TOPIC', 'hush', []],
    ['APNS_ENVIRONMENT', 'hush', []],
    ['APNS_URL', 'hush', []],
    ['LOOPBACK_TARGETS', 'hush', []],
    ['PASSWORD_ROUNDS', 'hush', ['register', 'token', 'session', 'reset', 'password']],
    ['CORS_ORIGINS', 'hush', ['register', 'presign', 'description']],
    ['THROTTLE', 'hush', ['register', 'presign', 'description']],
    ['LOG_SAMPLE_RATE', 'hush', ['register', 'presign', 'description']],
  ]

  it.each(wrong)(
    '%s: 503 and the name in the log, before any statement or hash',
    async (setting, value, routes) => {
      const user = await aUser()
      const { access: token, refresh, email, publicUserId } = user
      const account = { email: newEmail(), password: PASSWORD }
      const change = { password: 'calm-harbour-83', current_password: PASSWORD }
      const requests: Record<
        string,
        [method: string, path: string, options?: { json?: object; token?: string }]
      > = {
        register: ['POST', '/v1/auth/register/', { json: account }],
        token: ['POST', '/v1/auth/token/', { json: { email, password: PASSWORD } }],
        refresh: ['POST', '/v1/auth/token/refresh/', { json: { refresh } }],
        session: ['POST', '/v1/auth/sessions/', { json: { email, password: PASSWORD, name: 'Phone' } }],
        page: ['DELETE', '/app/session'],
        forgotten: ['POST', '/v1/auth/password_reset/', { json: { email } }],
        reset: [
          'POST',
          '/v1/auth/password_reset/confirm/',
          { json: { token: 'x'.repeat(43), password: 'calm-harbour-83' } },
        ],
        cameras: ['GET', '/v1/cameras/', { token }],
        user: ['PATCH', `/v1/user/${publicUserId}/`, { token, json: { first_name: 'Jane' } }],
        password: ['PATCH', `/v1/user/${publicUserId}/`, { token, json: change }],
        presign: ['POST', '/v1/uploads/presign', { token }],
        description: ['GET', '/openapi.json'],
      }
      for (const [method, path, options] of [
        ...routes.map((name) => requests[name]!),
        ['GET', '/readyz'] as const,
      ]) {
        const { status, body, headers, lines, hashes, statements } = await ask(
          method,
          path,
          { [setting]: value },
          options,
        )
        expect([path, status, body]).toEqual([path, 503, UNAVAILABLE])
        expect(headers.get('Retry-After')).toBe('5')
        expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
        expect([statements, hashes]).toEqual([[], 0])
        expect(lines).toEqual([{ event: 'configuration_error', setting, words: expect.any(String) }])
        expect(JSON.stringify([body, lines, [...headers]]).toLowerCase()).not.toContain('hush')
      }
      expect(await sql`select from users where email = ${account.email}`).toEqual([])
      expect(await sql`select first_name from users where email = ${email}`).toEqual([{ first_name: '' }])
      expect(await sql`select from sign_in_attempts where account = ${String(user.id)}`).toEqual([])
    },
  )

  it.each(wrong)('%s: says that the Worker runs', async (setting, value) => {
    const answer = await app.request('/healthz', {}, { ...real, [setting]: value }, createExecutionContext())
    expect(answer.status).toBe(200)
  })

  it.each(wrong.filter(([, , routes]) => !routes.includes('description')))(
    '%s: goes on where nobody needs it',
    async (setting, value) => {
      for (const path of ['/healthz', '/docs/', '/openapi.json', '/admin/static/nothing.css'])
        expect(
          (await app.request(path, {}, { ...real, [setting]: value }, createExecutionContext())).status,
        ).toBe(path.endsWith('.css') ? 404 : 200)
    },
  )

  it('says so once, however many ask', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    const one = { ...real, JWT_SECRET: 'hush', S3_REGION: '' }
    for (const path of ['/readyz', '/v1/cameras/', '/readyz'])
      expect((await app.request(path, {}, one, createExecutionContext())).status).toBe(503)
    expect(logged.mock.calls.map(([line]) => JSON.parse(String(line)).setting)).toEqual([
      'JWT_SECRET',
      'S3_REGION',
    ])
  })

  it.each(['JWT_SECRET', 'DATABASE_URL', 'PASSWORD_ROUNDS'])(
    '%s: nobody signs in to the admin',
    async (setting) => {
      vi.spyOn(console, 'error').mockReturnValue()
      const { email } = await aUser({ isStaff: true })
      const csrf = '0'.repeat(32)
      const body = new URLSearchParams({ csrfmiddlewaretoken: csrf, email, password: PASSWORD })
      const init = { method: 'POST', body, headers: { Cookie: `admin_csrf=${csrf}` } }
      const changed = { ...real, [setting]: 'hush' }
      const answer = await app.request('/admin/login/', init, changed, createExecutionContext())
      expect(answer.status).toBe(503)
      expect(answer.headers.get('Set-Cookie')).toBeNull()
    },
  )
})

describe('PASSWORD_ROUNDS', () => {
  const cheap = { PASSWORD_ROUNDS: '7' }
  const hashOf = async (email: string) => {
    const [row] = await sql`select password from users where email = ${email}`
    return String(row!.password)
  }

  it('is what a new hash costs', async () => {
    const email = newEmail()
    const { status, body } = await send('POST', '/v1/auth/register/', {
      json: { email, password: PASSWORD },
      settings: cheap,
    })
    expect(status).toBe(201)
    expect(await hashOf(email)).toMatch(/^pbkdf2_sha512_chain\$3x7\$/)

    const password = 'calm-harbour-83'
    await send('PATCH', `/v1/user/${body.public_user_id}/`, {
      json: { password, current_password: PASSWORD },
      token: body.access,
      settings: cheap,
    })
    expect(await hashOf(email)).toMatch(/^pbkdf2_sha512_chain\$3x7\$/)
    expect(
      (await send('POST', '/v1/auth/token/', { json: { email, password }, settings: cheap })).status,
    ).toBe(200)
  })

  it('leaves good what another cost made, and makes it anew', async () => {
    const { email } = await aUser({ password: await hashPassword(PASSWORD, 7) })
    const signIn = { json: { email, password: PASSWORD } }
    const dear = { PASSWORD_ROUNDS: '70000' }

    expect((await send('POST', '/v1/auth/token/', { ...signIn, settings: dear })).status).toBe(200)
    await expect.poll(() => hashOf(email)).toMatch(/^pbkdf2_sha512_chain\$3x70000\$/)
    expect((await send('POST', '/v1/auth/token/', { ...signIn, settings: cheap })).status).toBe(200)
    await expect.poll(() => hashOf(email)).toMatch(/^pbkdf2_sha512_chain\$3x7\$/)
  })
})

describe('SQL_TIMEOUT_IN_MS', () => {
  it('ends what waits for the database', async () => {
    const { access: token } = await aUser()
    const request = newRequestId()
    await breakSql({ fault: 'drop', request })
    const start = Date.now()
    const { status } = await send('GET', '/v1/cameras/', {
      token,
      headers: { 'X-Request-Id': request },
      settings: { SQL_TIMEOUT_IN_MS: '600' },
    })
    expect(status).toBe(503)
    expect(Date.now() - start).toBeLessThan(2_000)
  })
})
