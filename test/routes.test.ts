import { describe, expect, it } from 'vitest'
import { admin, app } from '../src/app.ts'
import { type Options, send, statementsOf } from './support/client.ts'
import { aCamera, aDevice, aRule, aUser, propertyOf, sql } from './support/factories.ts'
import { uploadOf } from './support/pictures.ts'
import { aRequest, routesWithIdAndBody } from './support/routes.ts'
import { UNKNOWN_ID } from './support/shapes.ts'
import { aToken, claimsOf } from './support/tokens.ts'

/** Public routes. Any route that is not listed here needs a guard. */
const OPEN = [
  'POST /v1/auth/register',
  'POST /v1/auth/token',
  'POST /v1/auth/token/refresh',
  'POST /v1/auth/sessions',
  'POST /v1/auth/sessions/refresh',
  'POST /v1/auth/password_reset',
  'POST /v1/auth/password_reset/confirm',
  'POST /v1/cameras/register',
  'POST /v1/cameras/pair',
  'GET /healthz',
  'GET /readyz',
  'GET /openapi.json',
]
/** Routes for this service's own pages. */
const OF_PAGES = ['POST /app/session', 'POST /app/session/refresh', 'DELETE /app/session']
/** Routes that need a token other than a Bearer token. */
const WITH_A_DEVICE_TOKEN = 'POST /v1/cameras/auth/token'
/** Routes that take a notification's own token in the body instead of an access token. */
const BY_A_PUSH = 'POST /v1/notifications/:notificationId/actions'
/** Routes that need the storage's secret. */
const OF_STORAGE = 'POST /v1/storage_events'
/** Public pages outside the contract. */
const isPage = (name: string) => /^GET \/($|docs|app\/)/.test(name)
const ID = '0195d1a0-0000-7000-8000-000000000001'
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The contract's paths, their methods, and the caller if it is not a user. */
const PATHS: [path: string, methods: string[], asker?: 'device'][] = [
  ['/v1/auth/register/', ['POST']],
  ['/v1/auth/token/', ['POST']],
  ['/v1/auth/token/refresh/', ['POST']],
  ['/v1/auth/sessions/', ['GET', 'HEAD', 'POST']],
  ['/v1/auth/sessions/refresh/', ['POST']],
  [`/v1/auth/sessions/${ID}/`, ['DELETE']],
  ['/v1/auth/password_reset/', ['POST']],
  ['/v1/auth/password_reset/confirm/', ['POST']],
  ['/app/session', ['POST', 'DELETE']],
  ['/app/session/refresh', ['POST']],
  ['/v1/users/', ['GET', 'HEAD']],
  [`/v1/user/${ID}/`, ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
  ['/v1/cameras/', ['GET', 'HEAD', 'POST']],
  [`/v1/cameras/${ID}/`, ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
  [`/v1/cameras/${ID}/rules/`, ['GET', 'HEAD', 'POST']],
  [`/v1/cameras/${ID}/rules/${ID}/`, ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
  ['/v1/cameras/provision/', ['POST']],
  ['/v1/cameras/register/', ['POST']],
  ['/v1/cameras/claim/', ['POST']],
  ['/v1/cameras/pairing_codes/', ['POST']],
  ['/v1/cameras/pair/', ['POST']],
  [`/v1/cameras/${ID}/device/`, ['GET', 'HEAD', 'DELETE']],
  ['/v1/cameras/auth/token/', ['POST']],
  ['/v1/cameras/presigned_upload_url/', ['POST'], 'device'],
  ['/v1/cameras/heartbeat/', ['POST'], 'device'],
  ['/v1/cameras/update_preview_time/', ['POST'], 'device'],
  ['/v1/cameras/streaming/command', ['GET', 'HEAD'], 'device'],
  [`/v1/cameras/${ID}/notifications/`, ['GET', 'HEAD']],
  [`/v1/cameras/${ID}/notifications/${ID}/`, ['GET', 'HEAD']],
  [`/v1/cameras/${ID}/notifications/clear/`, ['POST']],
  ['/v1/notifications/', ['GET', 'HEAD']],
  [`/v1/notifications/${ID}/`, ['GET', 'HEAD']],
  ['/v1/notifications/seen/', ['POST']],
  ['/v1/notifications/clear/', ['POST']],
  [`/v1/notifications/${ID}/actions/`, ['POST']],
  ['/v1/notification_settings/', ['GET', 'HEAD', 'PATCH']],
  ['/v1/users/apns_token/', ['POST']],
  ['/v1/push/key/', ['GET', 'HEAD']],
  ['/v1/push/targets/', ['GET', 'HEAD', 'POST']],
  [`/v1/push/targets/${ID}/`, ['DELETE']],
  [`/v1/push/targets/${ID}/test/`, ['POST']],
  [`/v1/cameras/${ID}/rules/try/`, ['POST']],
  ['/v1/events/', ['GET', 'HEAD', 'POST']],
  [`/v1/events/${ID}/`, ['GET', 'HEAD']],
  [`/v1/events/${ID}/feedback/`, ['POST']],
  ['/v1/storage_events/', ['POST']],
  ['/v1/uploads/presign', ['POST']],
  ['/healthz', ['GET', 'HEAD']],
  ['/readyz', ['GET', 'HEAD']],
]

const NOT_FOUND = { detail: 'Not found.' }
const NOT_AUTHENTICATED = { detail: 'Authentication credentials were not provided.' }

/** A path with and without its trailing slash. */
const spellings = (path: string) => {
  const bare = path.replace(/\/$/, '')
  return [bare, `${bare}/`]
}
const sorted = (allow: string | null) => allow?.split(', ').sort()
const routes = [...app.routes, ...admin.routes].filter(
  ({ method, path }) => method !== 'ALL' && path !== '/*',
)

describe('the table of routes', () => {
  const names = [...new Set(routes.map(({ method, path }) => `${method} ${path}`))]
  const contract = PATHS.flatMap(([path, methods]) =>
    methods.filter((method) => method !== 'HEAD').map((method) => `${method} ${path.replace(/\/$/, '')}`),
  )

  it('has every route of the contract', () => {
    const patterns = names.map((name) => name.replace(/:\w+/g, ID))
    expect(patterns).toEqual(expect.arrayContaining(contract))
  })

  it('is written without trailing slashes', () => {
    expect(names.filter((name) => /.\/$/.test(name) && !name.endsWith(' /'))).toEqual([])
  })

  // The admin's routes have a guard of their own, see test/admin/session.test.ts.
  const unguarded = [...OPEN, ...OF_PAGES, WITH_A_DEVICE_TOKEN, OF_STORAGE, BY_A_PUSH]
  it.each(names.filter((name) => !unguarded.includes(name) && !isPage(name) && !name.includes(' /admin')))(
    'has a guard before %s',
    async (name) => {
      const [method = '', pattern = ''] = name.split(' ')
      for (const path of spellings(pattern.replace(/:\w+/g, ID))) {
        const { status, body, headers, requestId } = await send(method, path)
        expect([path, status, body]).toEqual([path, 401, NOT_AUTHENTICATED])
        expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
        expect(await statementsOf(requestId)).toEqual([])
      }
    },
  )

  it.each(OF_PAGES)('lets pages of this service alone call %s', async (name) => {
    const [method = '', path = ''] = name.split(' ')
    const { access: token } = await aUser()
    for (const spelling of spellings(path))
      for (const headers of [{}, { Origin: 'https://evil.test' }, { Origin: 'null' }]) {
        const { status, body, requestId } = await send(method, spelling, { token, headers, json: {} })
        expect([status, body]).toEqual([403, { detail: 'Only pages of this service may ask for this.' }])
        expect(await statementsOf(requestId)).toEqual([])
      }
  })

  it('wants a device’s own token where that is traded', async () => {
    const [method = '', path = ''] = WITH_A_DEVICE_TOKEN.split(' ')
    for (const spelling of spellings(path))
      for (const { access: token } of [await aUser(), await aDevice()]) {
        const { status, body, headers, requestId } = await send(method, spelling, { token })
        expect([spelling, status, body]).toEqual([spelling, 401, NOT_AUTHENTICATED])
        expect(headers.get('WWW-Authenticate')).toBe('Device')
        expect(await statementsOf(requestId)).toEqual([])
      }
  })

  it('wants the storage’s secret where that speaks', async () => {
    const [method = '', path = ''] = OF_STORAGE.split(' ')
    const words = { detail: 'Invalid storage secret.' }
    for (const spelling of spellings(path))
      for (const token of [undefined, (await aUser()).access, (await aDevice()).access]) {
        const { status, body, requestId } = await send(method, spelling, {
          ...(token && { token }),
          json: {},
        })
        expect([spelling, status, body]).toEqual([spelling, 401, words])
        expect(await statementsOf(requestId)).toEqual([])
      }
  })

  it.each(OPEN)('lets anyone call %s', async (name) => {
    const [method = '', path = ''] = name.split(' ')
    for (const spelling of spellings(path)) {
      const { status, body } = await send(method, spelling, {
        headers: { Authorization: 'Bearer of bad news' },
      })
      expect(body).not.toEqual(NOT_AUTHENTICATED)
      expect([spelling, status]).toEqual([spelling, method === 'GET' ? 200 : 400])
    }
  })
})

describe.each(PATHS)('%s', (path, methods, asker) => {
  it('answers OPTIONS to anyone, with its methods', async () => {
    for (const spelling of spellings(path)) {
      const { status, body, headers } = await send('OPTIONS', spelling)
      expect([status, body]).toEqual([204, null])
      expect(sorted(headers.get('Allow'))).toEqual([...methods, 'OPTIONS'].sort())
    }
  })

  it.each([...METHODS, 'PROPFIND', 'PURGE'].filter((method) => !methods.includes(method)))(
    'does not have %s',
    async (method) => {
      const { access: token } = asker === 'device' ? await aDevice() : await aUser()
      for (const spelling of spellings(path)) {
        const page = { Origin: 'https://scout.test', 'Content-Type': 'application/json' }
        const { status, body, headers, requestId } = await send(method, spelling, { token, headers: page })
        const words = { detail: `Method "${method}" not allowed.` }
        expect([status, body]).toEqual([405, method === 'HEAD' ? null : words])
        expect(sorted(headers.get('Allow'))).toEqual([...methods, 'OPTIONS'].sort())
        expect(await statementsOf(requestId)).toEqual([])
      }
    },
  )
})

describe('both spellings of a path', () => {
  it('answer alike, and by no redirect', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const rule = await aRule(owner, camera)
    const cameraPath = `/v1/cameras/${camera.publicCameraId}`
    const paths = [
      '/v1/users',
      `/v1/user/${owner.publicUserId}`,
      '/v1/cameras',
      '/v1/cameras?limit=5',
      cameraPath,
      `${cameraPath}/rules`,
      `${cameraPath}/rules/${rule.publicRuleId}`,
    ]
    for (const path of paths) {
      const slashed = path.includes('?') ? path.replace('?', '/?') : `${path}/`
      const bare = await send('GET', path, { token: owner.access })
      expect([path, bare.status]).toEqual([path, 200])
      expect(await send('GET', slashed, { token: owner.access })).toMatchObject({
        status: 200,
        body: bare.body,
      })
    }
  })

  it.each([
    ['POST', '/v1/cameras', { location: 'Attic' }, 201],
    ['POST', '/v1/uploads/presign', {}, 200],
  ])('take a %s %s', async (method, path, json, status) => {
    const { access: token } = await aUser()
    for (const spelling of spellings(path))
      expect((await send(method, spelling, { token, json })).status).toBe(status)
  })

  it.each(['PUT', 'PATCH', 'DELETE'])('take a %s', async (method) => {
    const owner = await aUser()
    for (const slash of ['', '/']) {
      const { publicCameraId } = await aCamera(owner)
      const { status } = await send(method, `/v1/cameras/${publicCameraId}${slash}`, {
        token: owner.access,
        json: { location: 'Attic' },
      })
      expect(status).toBe(method === 'DELETE' ? 204 : 200)
    }
  })
})

describe('HEAD', () => {
  // Called on the app directly, since the runtime silently drops a body.
  const settings = {}

  it('answers as GET does, without a body', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const rule = await aRule(owner, camera)
    const cameraPath = `/v1/cameras/${camera.publicCameraId}/`
    const paths = [
      '/v1/users/',
      `/v1/user/${owner.publicUserId}/`,
      '/v1/cameras/',
      cameraPath,
      `${cameraPath}rules/`,
      `${cameraPath}rules/${rule.publicRuleId}/`,
      '/healthz',
      '/readyz',
    ]
    for (const path of paths) {
      const { status, body, headers } = await send('HEAD', path, { token: owner.access, settings })
      expect([path, status, body]).toEqual([path, 200, null])
      expect(headers.get('Content-Type')).toMatch(/^application\/json/)
    }
  })

  it.each([
    ['/v1/cameras/', {}, 401],
    ['/v1/cameras/x/', { isSignedIn: true }, 404],
    [`/v1/cameras/${UNKNOWN_ID}/`, { isSignedIn: true }, 404],
    [`/v1/cameras/${UNKNOWN_ID}/rules/`, { isSignedIn: true }, 403],
  ])('is refused as GET is: %s', async (path, { isSignedIn = false }: { isSignedIn?: boolean }, status) => {
    const options = isSignedIn ? { token: (await aUser()).access } : {}
    const answer = await send('HEAD', path, { ...options, settings })
    expect([answer.status, answer.body]).toEqual([status, null])
  })
})

describe('an unknown path', () => {
  it.each([
    '/v1',
    '/v1/',
    '/v2/cameras/',
    '/V1/cameras/',
    '/v1/auth/',
    '/v1/auth/login/',
    '/v1/auth/token/verify/',
    '/healthz/deep',
    '/favicon.ico',
    '/.env',
    '/common-passwords.txt',
    '//v1/cameras/',
    '/v1/auth//token/',
    '/v1%2Fcameras/',
    '/%00',
    '/%ff',
  ])('is not found: %s', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const { status, body, headers } = await send(method, `https://scout.test${path}`)
      expect([method, status, body]).toEqual([method, 404, NOT_FOUND])
      expect(headers.get('Content-Type')).toMatch(/^application\/json/)
    }
  })

  it.each([
    '/v1/user/',
    '/v1/users/me/',
    `/v1/users/${ID}/`,
    `/v1/user/${ID}/cameras/`,
    `/v1/cameras/${ID}/videos/`,
    `/v1/cameras/${ID}/rules/${ID}/x/`,
    '/v1/cameras//',
    `/v1/cameras/${ID}/streaming/start/`,
    '/v1/cameras/heartbeat/x/',
    `/v1/events/${ID}/x/`,
    '/v1/uploads/',
    '/v1/uploads/presign/x',
  ])('under a guarded prefix is not even not found by a stranger: %s', async (path) => {
    const { access: token } = await aUser()
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(await send(method, path)).toMatchObject({ status: 401, body: NOT_AUTHENTICATED })
      expect(await send(method, path, { token })).toMatchObject({ status: 404, body: NOT_FOUND })
    }
  })
})

describe('a malformed id', () => {
  const malformed = [
    '1',
    'me',
    'null',
    ID.replaceAll('-', ''),
    `{${ID}}`,
    `%7B${ID}%7D`,
    `urn:uuid:${ID}`,
    `${ID}0`,
    ID.slice(1),
    ID.replace('0', 'g'),
    ID.replace('-', '_'),
    ID.replace('a', '%C3%A0'),
    `${ID}%00`,
    `${ID}%0A`,
    `%20${ID}`,
    `${ID}%2F`,
    '%ff',
    '%',
    '%E0%A4%A',
    "'%20or%20true--",
  ]

  it.each(malformed)('is not found: %s', async (id) => {
    const owner = await aUser()
    const { publicCameraId } = await aCamera(owner)
    const before = await propertyOf(owner)
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      for (const path of [
        `/v1/user/${id}/`,
        `/v1/cameras/${id}/`,
        `/v1/cameras/${id}/rules/${ID}/`,
        `/v1/cameras/${publicCameraId}/rules/${id}/`,
        ...(method === 'GET' ? [`/v1/events/${id}/`, `/v1/notifications/${id}/`] : []),
      ]) {
        const { status, body, requestId } = await send(method, path, {
          token: owner.access,
          ...(method !== 'GET' && { json: {} }),
        })
        expect([method, path, status, body]).toEqual([method, path, 404, NOT_FOUND])
        expect(await statementsOf(requestId)).toEqual([])
      }
    for (const [method, under] of [
      ['GET', 'rules'],
      ['POST', 'rules'],
      ['GET', 'device'],
      ['DELETE', 'device'],
    ] as const) {
      const { status, body } = await send(method, `/v1/cameras/${id}/${under}/`, { token: owner.access })
      expect([method, under, status, body]).toEqual([method, under, 404, NOT_FOUND])
    }
    expect(await propertyOf(owner)).toEqual(before)
  })
})

describe('a malformed id goes before whatever is wrong with the body', () => {
  const JSON_TYPE = { 'Content-Type': 'application/json' }

  it.each(routesWithIdAndBody())('of %s', async (name) => {
    const { method, path, options } = await aRequest(name)
    const ids = path.match(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g)!
    for (const id of ids)
      for (const wrong of [
        { json: [] },
        { json: Object.fromEntries(Object.keys(options.json!).map((field) => [field, {}])) },
        { body: '{"location":7', headers: JSON_TYPE },
        { body: 'location=7', headers: { 'Content-Type': 'text/plain' } },
        { body: ' '.repeat(64 * 1024 + 1), headers: JSON_TYPE },
      ]) {
        const malformed = path.replace(id, 'x')
        const answer = await send(method, malformed, { token: options.token!, ...wrong })
        expect([malformed, answer.status, answer.body]).toEqual([malformed, 404, NOT_FOUND])
        expect(await statementsOf(answer.requestId)).toEqual([])
      }
  })
})

/** All things of one user, and each request that another user may try on them. */
async function aHousehold() {
  const owner = await aUser()
  const camera = await aCamera(owner)
  const rule = await aRule(owner, camera)
  const user = `/v1/user/${owner.publicUserId}/`
  const cameraPath = `/v1/cameras/${camera.publicCameraId}/`
  const rulesPath = `${cameraPath}rules/`
  const rulePath = `${rulesPath}${rule.publicRuleId}/`
  return { owner, user, camera: cameraPath, rules: rulesPath, rule: rulePath }
}

describe('what is another’s', () => {
  const NO_USER = { detail: 'No User matches the given query.' }
  const NO_CAMERA = { detail: 'No Camera matches the given query.' }
  const NOT_YOURS = { detail: 'Camera not found or does not belong to this user' }
  const FIELDS = {
    user: { email: 'mine@example.com', first_name: 'Mine' },
    camera: { location: 'Mine' },
    rules: { rule: 'Mine', rule_nickname: 'Mine' },
    rule: { rule: 'Mine', rule_nickname: 'Mine', is_enabled: false },
  }

  it.each([
    ['user', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'], 404, NO_USER],
    ['camera', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'], 404, NO_CAMERA],
    ['rules', ['GET', 'HEAD', 'POST'], 403, NOT_YOURS],
    ['rule', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'], 403, NOT_YOURS],
  ] as const)('is not to be seen: %s', async (thing, methods, status, words) => {
    const home = await aHousehold()
    const before = await propertyOf(home.owner)
    for (const account of [{}, { isStaff: true, isSuperuser: true }]) {
      const { access: token } = await aUser(account)
      for (const method of methods) {
        const json = ['PUT', 'PATCH', 'POST'].includes(method) ? { json: FIELDS[thing] } : {}
        const answer = await send(method, home[thing], { token, ...json })
        expect([method, answer.status, answer.body]).toEqual([
          method,
          status,
          method === 'HEAD' ? null : words,
        ])
      }
    }
    expect(await propertyOf(home.owner)).toEqual(before)
  })

  it('is not to be told from what never was', async () => {
    const home = await aHousehold()
    const { access: token } = await aUser()
    const shown = async (path: string) => {
      const { status, body } = await send('GET', path, { token })
      return { status, body }
    }
    expect(await shown(home.user)).toEqual(await shown(`/v1/user/${UNKNOWN_ID}/`))
    expect(await shown(home.camera)).toEqual(await shown(`/v1/cameras/${UNKNOWN_ID}/`))
    expect(await shown(home.rules)).toEqual(await shown(`/v1/cameras/${UNKNOWN_ID}/rules/`))
    expect(await shown(home.rule)).toEqual(await shown(`/v1/cameras/${UNKNOWN_ID}/rules/${UNKNOWN_ID}/`))
  })
})

describe('of several faults', () => {
  const TEXT = { body: '{"location":7', headers: { 'Content-Type': 'text/plain' } }
  const BROKEN = { body: '{"location":7', headers: { 'Content-Type': 'application/json' } }
  const MALFORMED = expect.stringMatching(/^JSON parse error - /)
  const FAULTY = { json: { location: null } }
  const GOOD = { json: { location: 'Attic' } }

  /** A request of a signed-in user, unless `isStranger`, or of a user who was deleted meanwhile. */
  type Case = Options & { method: string; path: string; isStranger?: boolean; isGone?: boolean }

  it.each<[string, Case, number, unknown]>([
    [
      'no token goes before a method',
      { method: 'POST', path: `/v1/cameras/${ID}/`, isStranger: true },
      401,
      NOT_AUTHENTICATED,
    ],
    [
      'no token goes before a malformed id',
      { method: 'GET', path: '/v1/cameras/x/', isStranger: true },
      401,
      NOT_AUTHENTICATED,
    ],
    [
      'no token goes before a type',
      { method: 'POST', path: '/v1/cameras/', isStranger: true, ...TEXT },
      401,
      NOT_AUTHENTICATED,
    ],
    [
      'no token goes before a malformed body',
      { method: 'POST', path: '/v1/cameras/', isStranger: true, ...BROKEN },
      401,
      NOT_AUTHENTICATED,
    ],
    [
      'no token goes before fields',
      { method: 'POST', path: '/v1/cameras/', isStranger: true, ...FAULTY },
      401,
      NOT_AUTHENTICATED,
    ],
    [
      'a method goes before a malformed id',
      { method: 'POST', path: '/v1/cameras/x/', ...TEXT },
      405,
      { detail: 'Method "POST" not allowed.' },
    ],
    ['a malformed id goes before a type', { method: 'PUT', path: '/v1/cameras/x/', ...TEXT }, 404, NOT_FOUND],
    [
      'a malformed id goes before a malformed body',
      { method: 'PUT', path: '/v1/cameras/x/', ...BROKEN },
      404,
      NOT_FOUND,
    ],
    [
      'a malformed id goes before fields',
      { method: 'POST', path: '/v1/cameras/x/rules/', ...FAULTY },
      404,
      NOT_FOUND,
    ],
    [
      'a type goes before a malformed body',
      { method: 'PUT', path: `/v1/cameras/${ID}/`, ...TEXT },
      415,
      { detail: 'Unsupported media type "text/plain" in request.' },
    ],
    [
      'a type goes before a size',
      { method: 'PUT', path: `/v1/cameras/${ID}/`, ...TEXT, body: ' '.repeat(64 * 1024 + 1) },
      415,
      { detail: 'Unsupported media type "text/plain" in request.' },
    ],
    [
      'a malformed body goes before an unknown id',
      { method: 'PUT', path: `/v1/cameras/${ID}/`, ...BROKEN },
      400,
      { detail: MALFORMED },
    ],
    [
      'fields go before an unknown id',
      { method: 'PUT', path: `/v1/cameras/${ID}/`, ...FAULTY },
      400,
      { location: ['This field may not be null.'] },
    ],
    [
      'fields go before an unknown camera of rules',
      { method: 'POST', path: `/v1/cameras/${ID}/rules/`, json: { rule: 'x', is_enabled: 7 } },
      400,
      { rule_nickname: ['This field is required.'], is_enabled: ['Must be a valid boolean.'] },
    ],
    [
      'fields go before another account',
      { method: 'PUT', path: `/v1/user/${ID}/`, json: { email: 'x' } },
      400,
      { email: ['Enter a valid email address.'] },
    ],
    [
      'fields go before a user who is gone',
      { method: 'POST', path: '/v1/cameras/', isGone: true, ...FAULTY },
      400,
      { location: ['This field may not be null.'] },
    ],
    [
      'a user who is gone goes before an unknown id',
      { method: 'PUT', path: `/v1/cameras/${ID}/`, isGone: true, ...GOOD },
      401,
      { detail: 'User not found', code: 'user_not_found' },
    ],
    [
      'a user who is gone goes before an unknown camera of rules',
      { method: 'GET', path: `/v1/cameras/${ID}/rules/`, isGone: true },
      401,
      { detail: 'User not found', code: 'user_not_found' },
    ],
  ])('%s', async (_, { method, path, isStranger, isGone, ...options }, status, body) => {
    const user = await aUser()
    if (isGone) await sql`delete from users where id = ${user.id}`
    const answer = await send(method, path, { ...(!isStranger && { token: user.access }), ...options })
    expect([answer.status, answer.body]).toEqual([status, body])
  })

  it('an unknown camera goes before an unknown rule', async () => {
    const home = await aHousehold()
    const { access: token } = await aUser()
    const { status } = await send('GET', `${home.rules}${UNKNOWN_ID}/`, { token })
    expect(status).toBe(403)
  })
})

describe('a user who is gone or inactive', () => {
  it.each([
    ['gone', { detail: 'User not found', code: 'user_not_found' }],
    ['inactive', { detail: 'User is inactive', code: 'user_inactive' }],
  ])('is refused by every route that asks the database: %s', async (state, words) => {
    const home = await aHousehold()
    const { id } = home.owner
    if (state === 'gone') await sql`delete from users where id = ${id}`
    else await sql`update users set is_active = false where id = ${id}`
    const before = await propertyOf(home.owner)
    const requests: [string, string, object?][] = [
      ['GET', '/v1/users/'],
      ['GET', home.user],
      ['PUT', home.user, { email: home.owner.email }],
      ['PATCH', home.user, { first_name: 'Jane' }],
      ['DELETE', home.user],
      ['GET', '/v1/cameras/'],
      ['GET', '/v1/cameras/?all=true'],
      ['POST', '/v1/cameras/', { location: 'Attic' }],
      ['GET', home.camera],
      ['PUT', home.camera, { location: 'Attic' }],
      ['PATCH', home.camera, {}],
      ['DELETE', home.camera],
      ['GET', home.rules],
      ['POST', home.rules, { rule: 'x', rule_nickname: 'x' }],
      ['GET', home.rule],
      ['PUT', home.rule, { rule: 'x', rule_nickname: 'x' }],
      ['PATCH', home.rule, { is_enabled: false }],
      ['DELETE', home.rule],
      ['POST', `${home.rules}try/`, { rule: 'x', count: 0 }],
      ['GET', `${home.camera}device/`],
      ['DELETE', `${home.camera}device/`],
      ['POST', '/v1/cameras/claim/', { claim_token: 'x', location: 'x' }],
      ['POST', '/v1/cameras/pairing_codes/', { location: 'x' }],
      ['POST', '/v1/cameras/provision/', { device_id: 'x'.repeat(16) }],
      ['GET', '/v1/notifications/'],
      ['GET', `/v1/notifications/${UNKNOWN_ID}/`],
      ['POST', '/v1/notifications/seen/', { public_notification_ids: [UNKNOWN_ID] }],
      ['POST', '/v1/notifications/clear/', { public_notification_ids: [UNKNOWN_ID] }],
      ['POST', `/v1/notifications/${UNKNOWN_ID}/actions/`, { action: 'seen' }],
      ['GET', '/v1/notification_settings/'],
      ['PATCH', '/v1/notification_settings/', { tells_offline: false }],
      ['GET', '/v1/events/'],
      ['GET', `/v1/events/${UNKNOWN_ID}/`],
      ['POST', '/v1/events/', { key: uploadOf(home.owner) }],
      ['POST', `/v1/events/${UNKNOWN_ID}/feedback/`, { public_rule_id: UNKNOWN_ID, feedback: 'right' }],
    ]
    for (const [method, path, json] of requests) {
      const answer = await send(method, path, { token: home.owner.access, json })
      expect([method, path, answer.status, answer.body]).toEqual([method, path, 401, words])
    }
    expect(await propertyOf(home.owner)).toEqual(before)
  })
})

describe('an answer', () => {
  it('is JSON whatever is accepted', async () => {
    const { access: token } = await aUser()
    for (const accept of ['text/html', 'application/xml', 'image/*', 'nonsense', '*/*;q=0'])
      for (const path of ['/v1/cameras/', '/v1/cameras/x/', '/v1/nowhere/', `/v1/cameras/${UNKNOWN_ID}/`]) {
        const { headers, body } = await send('GET', path, { token, headers: { Accept: accept } })
        expect(headers.get('Content-Type')).toMatch(/^application\/json(; charset=utf-8)?$/i)
        expect(body).not.toBeNull()
      }
  })

  it('is nobody’s to keep', async () => {
    const { access: token } = await aUser()
    for (const path of ['/v1/cameras/', '/v1/cameras/x/', '/v1/nowhere/']) {
      const { headers } = await send('GET', path, { token })
      expect(headers.get('Cache-Control')).toBe('no-store')
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    }
  })
})

describe('/healthz', () => {
  it('touches nothing', async () => {
    const { status, body, requestId } = await send('GET', '/healthz')
    expect([status, body]).toEqual([200, { status: 'ok' }])
    expect(await statementsOf(requestId)).toEqual([])
  })
})

describe('/readyz', () => {
  it('asks the database', async () => {
    const { status, body, requestId } = await send('GET', '/readyz')
    expect([status, body]).toEqual([200, { status: 'ok' }])
    expect(await statementsOf(requestId)).toHaveLength(1)
  })
})

describe('a token', () => {
  it('is read before anything is sent to the database', async () => {
    const user = await aUser()
    const expired = await aToken(claimsOf(user, 'access', { exp: 1 }))
    const { status, requestId } = await send('GET', '/v1/cameras/', { token: expired })
    expect(status).toBe(401)
    expect(await statementsOf(requestId)).toEqual([])
  })
})
