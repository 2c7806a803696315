import { inject } from 'vitest'
import { newSecret } from '../../src/push/webhook.ts'
import { type Options, send } from './client.ts'
import {
  aCamera,
  aDevice,
  anEvent,
  aNotification,
  aReset,
  aRule,
  aSession,
  aTarget,
  aUser,
  aVerdict,
  type Camera,
  newEmail,
  newNonce,
  newSerial,
  PASSWORD,
  sql,
  type User,
} from './factories.ts'
import { record, STORAGE_SECRET, uploadOf } from './pictures.ts'

/** A request that succeeds, from a new user or their camera. */
export type Request = {
  owner: User
  method: string
  path: string
  options: Pick<Options, 'token' | 'headers' | 'json'>
}
/** `reads` is retried after a failed connection, as are idempotent writes; `both` reads, then writes with another statement. */
type Kind = 'reads' | 'writes' | 'both'

const RULE = { rule: 'Alert after 11pm', rule_nickname: 'Night', is_enabled: false }
const signingIn = ({ email }: User) => ({ email, password: PASSWORD, name: 'Phone' })
const paths = {
  user: (user: User) => `/v1/user/${user.publicUserId}/`,
  camera: async (user: User) => `/v1/cameras/${(await aCamera(user)).publicCameraId}/`,
  rules: async (user: User) => `${await paths.camera(user)}rules/`,
  async device(user: User) {
    const camera = await aCamera(user)
    await aDevice({ camera })
    return `/v1/cameras/${camera.publicCameraId}/device/`
  },
  notifications: async (user: User) => `${await paths.camera(user)}notifications/`,
  async notification(user: User) {
    const camera = await aCamera(user)
    return `/v1/cameras/${camera.publicCameraId}/notifications/${await aNotification(user, camera)}/`
  },
  event: async (user: User) => `/v1/events/${await anEvent(user, await aCamera(user))}/`,
  async rule(user: User) {
    const camera = await aCamera(user)
    return `/v1/cameras/${camera.publicCameraId}/rules/${(await aRule(user, camera)).publicRuleId}/`
  },
}

/** The headers of a signed-in page of this service. */
const ofPage = async (user: User) => ({
  headers: {
    Origin: 'https://scout.test',
    'Content-Type': 'application/json',
    Cookie: `__Secure-scout_session=${(await aSession(user)).session}`,
  },
})

/** Requests from the camera itself. */
const asDevice = async (owner: User) => ({
  token: (await aDevice({ camera: await aCamera(owner) })).access,
})

/** Requests from the storage, with its secret. */
const asStorage = () => ({ headers: { Authorization: STORAGE_SECRET } })

type Of<T> = (user: User) => T | Promise<T>
/** Every route that queries the database, by name: whether it writes, its path for a user, a body, and who sends it. */
const ROUTES: [
  name: string,
  kind: Kind,
  path: Of<string>,
  json?: Of<object> | undefined,
  asker?: Of<Pick<Options, 'token' | 'headers'>>,
][] = [
  ['POST register', 'writes', () => '/v1/auth/register/', () => ({ email: newEmail(), password: PASSWORD })],
  ['POST token', 'writes', () => '/v1/auth/token/', ({ email }) => ({ email, password: PASSWORD })],
  ['POST refresh', 'reads', () => '/v1/auth/token/refresh/', ({ refresh }) => ({ refresh })],
  ['POST sessions', 'writes', () => '/v1/auth/sessions/', signingIn],
  [
    'POST sessions refresh',
    'reads',
    () => '/v1/auth/sessions/refresh/',
    async (user) => ({ session: (await aSession(user)).session }),
  ],
  ['GET sessions', 'reads', () => '/v1/auth/sessions/'],
  [
    'DELETE session',
    'writes',
    async (user) => `/v1/auth/sessions/${(await aSession(user)).publicSessionId}/`,
  ],
  ['POST page session', 'writes', () => '/app/session', signingIn, ofPage],
  ['POST page session refresh', 'reads', () => '/app/session/refresh', undefined, ofPage],
  ['DELETE page session', 'writes', () => '/app/session', undefined, ofPage],
  ['POST password reset', 'writes', () => '/v1/auth/password_reset/', ({ email }) => ({ email })],
  [
    'POST password reset confirm',
    'both',
    () => '/v1/auth/password_reset/confirm/',
    async (user) => ({ token: await aReset(user), password: 'calm-harbour-83' }),
  ],
  ['GET users', 'reads', () => '/v1/users/'],
  ['GET user', 'reads', paths.user],
  ['PUT user', 'writes', paths.user, () => ({ email: newEmail(), first_name: 'Jane' })],
  ['PATCH user', 'writes', paths.user, () => ({ last_name: 'Doe' })],
  ['DELETE user', 'writes', paths.user],
  ['GET cameras', 'reads', () => '/v1/cameras/'],
  ['GET all cameras', 'reads', () => '/v1/cameras/?all=true'],
  ['GET a page of cameras', 'reads', () => '/v1/cameras/?limit=1&after=0195d1a0-0000-7000-8000-000000000000'],
  ['POST cameras', 'writes', () => '/v1/cameras/', () => ({ location: 'Attic' })],
  ['GET camera', 'reads', paths.camera],
  ['PUT camera', 'writes', paths.camera, () => ({ location: 'Attic' })],
  ['PATCH camera', 'writes', paths.camera, () => ({ location: 'Attic' })],
  ['DELETE camera', 'writes', paths.camera],
  [
    'POST provision',
    'writes',
    () => '/v1/cameras/provision/',
    () => ({ device_id: newSerial() }),
    async () => ({ token: (await aUser({ isStaff: true, isSuperuser: true })).access }),
  ],
  ['POST register device', 'reads', () => '/v1/cameras/register/', aSticker, () => ({})],
  [
    'POST claim',
    'writes',
    () => '/v1/cameras/claim/',
    async () => ({ ...(await aSticker()), location: 'Attic' }),
  ],
  ['POST pairing codes', 'writes', () => '/v1/cameras/pairing_codes/', () => ({ location: 'Attic' })],
  [
    'POST pair',
    'reads',
    () => '/v1/cameras/pair/',
    async ({ access: token }) => ({
      pairing_code: (await send('POST', '/v1/cameras/pairing_codes/', { token, json: { location: 'Attic' } }))
        .body.pairing_code,
      nonce: newNonce(),
    }),
    () => ({}),
  ],
  ['GET device', 'reads', paths.device],
  ['DELETE device', 'writes', paths.device],
  [
    'POST device token',
    'reads',
    () => '/v1/cameras/auth/token/',
    undefined,
    async () => ({ headers: { Authorization: `Device ${(await aDevice()).deviceToken}` } }),
  ],
  ['POST heartbeat', 'writes', () => '/v1/cameras/heartbeat/', () => ({ version: '1' }), asDevice],
  ['POST preview time', 'writes', () => '/v1/cameras/update_preview_time/', undefined, asDevice],
  ['GET command', 'writes', () => '/v1/cameras/streaming/command', undefined, asDevice],
  ['GET rules', 'reads', paths.rules],
  ['POST rules', 'writes', paths.rules, () => RULE],
  [
    'POST try',
    'reads',
    async (user) => `${await paths.rules(user)}try/`,
    () => ({ rule: 'a fox', count: 0 }),
  ],
  ['GET rule', 'reads', paths.rule],
  ['PUT rule', 'writes', paths.rule, () => RULE],
  ['PATCH rule', 'writes', paths.rule, () => ({ is_enabled: false })],
  ['DELETE rule', 'writes', paths.rule],
  ['GET notifications', 'reads', paths.notifications],
  ['GET notification', 'reads', paths.notification],
  [
    'POST clear',
    'writes',
    async (user) => `${await paths.notifications(user)}clear/`,
    () => ({ public_notification_ids: [crypto.randomUUID()] }),
  ],
  ['GET all notifications', 'reads', () => '/v1/notifications/'],
  ['GET unseen notifications', 'reads', () => '/v1/notifications/?unseen=true'],
  [
    'GET one notification',
    'reads',
    async (user) => `/v1/notifications/${await aNotification(user, await aCamera(user))}/`,
  ],
  [
    'POST seen',
    'writes',
    () => '/v1/notifications/seen/',
    () => ({ public_notification_ids: [crypto.randomUUID()] }),
  ],
  [
    'POST clear all',
    'writes',
    () => '/v1/notifications/clear/',
    () => ({ public_notification_ids: [crypto.randomUUID()] }),
  ],
  [
    'POST action',
    'writes',
    async (user) => `/v1/notifications/${await aNotification(user, await aCamera(user))}/actions/`,
    () => ({ action: 'snooze_1h' }),
  ],
  ['GET notification settings', 'reads', () => '/v1/notification_settings/'],
  [
    'PATCH notification settings',
    'writes',
    () => '/v1/notification_settings/',
    () => ({ tells_offline: false }),
  ],
  ['GET events', 'reads', () => '/v1/events/'],
  ['GET events of a verdict', 'reads', () => '/v1/events/?verdict=yes&state=done'],
  ['POST events', 'writes', () => '/v1/events/', (user) => ({ key: uploadOf(user) })],
  ['GET event', 'reads', paths.event],
  [
    'POST feedback',
    'writes',
    async (user) => `${await paths.event(user)}feedback/`,
    async (user) => ({ public_rule_id: await aJudgedRule(user), feedback: 'wrong' }),
  ],
  [
    'POST storage events',
    'reads',
    () => '/v1/storage_events/',
    (user) => ({ Records: [record(uploadOf(user))] }),
    asStorage,
  ],
  ['GET targets', 'reads', () => '/v1/push/targets/'],
  ['POST targets', 'writes', () => '/v1/push/targets/', () => ({ kind: 'webhook', url: aWebhook() })],
  ['DELETE target', 'writes', async (user) => `/v1/push/targets/${await aTarget(user)}/`],
  [
    'POST test',
    'both',
    async (user) =>
      `/v1/push/targets/${await aTarget(user, 'webhook', null, { address: aWebhook(), keys: { secret: newSecret() } })}/test/`,
  ],
  ['POST apns token', 'writes', () => '/v1/users/apns_token/', () => ({ apns_device_id: aPhone() })],
]

/** The rule of a user's only judged event. */
async function aJudgedRule(user: User) {
  const [event] = await sql`
    select public_event_id, c.id, public_camera_id as "publicCameraId", location
    from events join camera_camera c on public_camera_id = camera where owner = ${user.publicUserId}`
  const rule = await aRule(user, event as Camera)
  await aVerdict(event!.public_event_id as string, rule)
  return rule.publicRuleId
}

/** A provisioned camera that has not registered. */
async function aSticker() {
  const { id, deviceId: device_id, claimToken: claim_token } = await aDevice()
  await sql`update devices set device_token_hash = null, registered_at = null where id = ${id}`
  return { device_id, claim_token }
}
const aWebhook = () => `${inject('receiver')}/${crypto.randomUUID()}`
const aPhone = () => crypto.randomUUID().replaceAll('-', '').repeat(2)

/** The names of the routes that query the database, or only of those that read or write. */
export const routesThat = (kind?: Kind) =>
  ROUTES.filter((route) => !kind || route[1] === kind).map(([name]) => name)

/** The names of the routes that take a body and have an id in their path. */
export const routesWithIdAndBody = () =>
  ROUTES.filter(([, , path, json]) => json && path.length > 0).map(([name]) => name)

/** A successful request to a route of `routesThat`. */
export async function aRequest(name: string): Promise<Request> {
  const [, , path, json, asker] = ROUTES.find(([other]) => other === name)!
  const owner = await aUser()
  const options = asker ? await asker(owner) : { token: owner.access }
  return {
    owner,
    method: name.split(' ')[0]!,
    path: await path(owner),
    options: { ...options, ...(json && { json: await json(owner) }) },
  }
}
