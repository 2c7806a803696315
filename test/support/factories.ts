import { neon } from '@neondatabase/serverless'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { hashPassword } from '../../src/auth/passwords.ts'
import { hashOf, newSecret } from '../../src/auth/secrets.ts'
import { issueAccess, issueDeviceAccess, issueTokens } from '../../src/auth/tokens.ts'
import '../../src/db/client.ts'
import { settings } from '../../src/settings.ts'

/** Stands in for the app, from which the driver gets its connection; tests have no statement timeout. */
const db = {
  fetch: (_url: string, init: RequestInit) =>
    fetch(env.SQL_ENDPOINT, { ...init, headers: { ...init.headers, 'X-Request-Id': 'none' } }),
}
/** The driver alone, without the Worker. */
export const driverFor = (url: string) => neon(url, { fetchOptions: { db } })
/** Sends one statement to the database: ``await sql`select …` ``. Returns rows as objects. */
export const sql = driverFor(env.DATABASE_URL)

/** A separate migrated database without accounts, for tests that need whole tables. */
export const aDatabase = () => copyOf('scout_empty')

/** Like `aDatabase`, but a database taken over from the Django service. */
export const anAdoptedDatabase = () => copyOf('django_adopted')

async function copyOf(template: string) {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  const server = driverFor(databaseUrl('postgres'))
  const isThere = async () =>
    (
      await server`
      select exists (select from pg_database where datname = ${template}) as made, pg_notify('wanted_template', ${template})`
    )[0]!.made
  await vi.waitUntil(isThere, { timeout: 30_000, interval: 100 })
  await server.query(`create database ${name} template ${template} strategy file_copy`)
  return { settings: { DATABASE_URL: databaseUrl(name) }, sql: driverFor(databaseUrl(name)) }
}

function databaseUrl(name: string) {
  const url = new URL(env.DATABASE_URL)
  url.pathname = name
  return url.href
}

export const PASSWORD = 'plain-sailing-77'
let passwordHash: Promise<string> | undefined

let count = 0
/** A unique email that is not similar to any test's password. */
export const newEmail = () => `person-${inLetters(++count)}-${someLetters()}@example.com`

const inLetters = (number: number) =>
  String(number).replace(/\d/g, (digit) => 'ghjkmnpqrs'.charAt(Number(digit)))

const someLetters = () =>
  crypto
    .randomUUID()
    .slice(0, 8)
    .replace(/./g, (digit) => 'ghjkmnpqrstvwxyz'.charAt(Number.parseInt(digit, 16)))

type Account = {
  email?: string
  password?: string
  firstName?: string
  lastName?: string
  isActive?: boolean
  isStaff?: boolean
  isSuperuser?: boolean
}
export type User = { id: number; publicUserId: string; email: string; access: string; refresh: string }

/** Inserts an account, signed in. Its password is PASSWORD unless a hash is given. */
export async function aUser(account: Account = {}, db = sql): Promise<User> {
  const {
    email = newEmail(),
    firstName = '',
    lastName = '',
    isActive = true,
    isStaff = false,
    isSuperuser = false,
  } = account
  const hash =
    account.password ??
    (await (passwordHash ??= hashPassword(PASSWORD, settings(env, 'passwords').PASSWORD_ROUNDS)))
  const [row] = await db`
    insert into users (email, username, password, first_name, last_name, is_active, is_staff, is_superuser, date_joined)
    values (${email}, ${email.slice(0, 150)}, ${hash}, ${firstName}, ${lastName}, ${isActive}, ${isStaff}, ${isSuperuser}, now())
    returning id, public_user_id`
  const user = { id: Number(row!.id), publicUserId: row!.public_user_id as string, email }
  return { ...user, ...(await issueTokens(user, settings(env, 'tokens'), Date.now())) }
}

/** Inserts a session of a user. Returns its secret, its public id and an access token. */
export async function aSession(user: User, name = 'Phone', db = sql) {
  const session = `scs_${newSecret(32)}`
  const [row] = await db`
    insert into sessions (user_id, secret_hash, name, created_at, last_used_at, valid_from)
    select id, ${await hashOf(session)}, ${name}, now(), now(), coalesce(sessions_valid_from, to_timestamp(0)) from users
    where id = ${user.id} returning id, public_session_id`
  const publicSessionId = row!.public_session_id as string
  const access = await issueAccess({ ...user, publicSessionId }, settings(env, 'tokens'), Date.now())
  return { id: Number(row!.id), session, publicSessionId, access }
}

/** The token of a password reset email. */
export async function aReset(user: User, db = sql) {
  const token = newSecret(32)
  await db`
    insert into password_resets (user_id, token_hash, created_at, expires_at)
    values (${user.id}, ${await hashOf(token)}, now(), now() + interval '1 hour')`
  return token
}

/** Inserts a push target, with or without a session and with these columns changed. Returns its public id. */
export async function aTarget(
  user: User,
  kind = 'apns',
  sessionId: number | null = null,
  columns: object = {},
  db = sql,
) {
  const now = new Date().toISOString()
  const row = {
    owner_id: user.id,
    session_id: sessionId,
    kind,
    address: `https://push.example.net/${crypto.randomUUID()}`,
    keys: {},
    name: '',
    created_at: now,
    seen_at: now,
    ...columns,
  }
  return (await insert('push_targets', row, db)).public_target_id as string
}

export type Camera = { id: number; publicCameraId: string; location: string }

/** Inserts a camera of `owner`. */
export async function aCamera(owner: User, location = 'Front Door', db = sql): Promise<Camera> {
  const [row] = await db`
    insert into camera_camera (owner_id, location, created_at) values (${owner.id}, ${location}, now())
    returning id, public_camera_id`
  return { id: Number(row!.id), publicCameraId: row!.public_camera_id as string, location }
}

export type Rule = { id: number; publicRuleId: string; rule: string; nickname: string }

/** Inserts a rule of a camera. */
export async function aRule(
  owner: User,
  camera: Camera,
  rule = 'Alert when a fox shows up',
  nickname = 'Fox',
  db = sql,
): Promise<Rule> {
  const [row] = await db`
    insert into rules_rule (owner_id, camera_id, rule, rule_nickname, is_enabled, created_at)
    values (${owner.id}, ${camera.id}, ${rule}, ${nickname}, true, now())
    returning id, public_rule_id`
  return { id: Number(row!.id), publicRuleId: row!.public_rule_id as string, rule, nickname }
}

export type Device = {
  id: number
  publicDeviceId: string
  /** The subject of its tokens. */
  publicCameraId: string
  /** The serial number on the camera and its sticker; undefined for a camera that the owner built. */
  deviceId: string | undefined
  claimToken: string
  deviceToken: string
  access: string
}

let serials = 0
/** A unique serial number: 16 hexadecimal digits, like a Raspberry Pi's. */
export const newSerial = () => (++serials).toString(16).padStart(8, '0') + crypto.randomUUID().slice(0, 8)

/** The nonce of a camera that the owner built: 32 random bytes. */
export const newNonce = () =>
  crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: 'base64url', omitPadding: true })

/** A registered device that has fetched a token once, paired with a camera if one is given. `isBuilt`: built by its owner. */
export async function aDevice(
  { camera, isBuilt = false }: { camera?: Camera; isBuilt?: boolean } = {},
  db = sql,
): Promise<Device> {
  const deviceId = isBuilt ? undefined : newSerial()
  const [claimToken, deviceToken] = [1, 2].map(
    () => `${deviceId}_${crypto.randomUUID().replaceAll('-', '')}`,
  ) as [string, string]
  const [row] = await db`
    insert into devices (device_id, camera_id, claim_token_hash, device_token_hash, device_token_used_at, created_at, registered_at)
    values (${deviceId ?? null}, ${camera?.id ?? null}, ${await hashOf(claimToken)}, ${await hashOf(deviceToken)}, now(), now(), now())
    returning id, public_device_id, public_camera_id`
  const publicCameraId = camera?.publicCameraId ?? (row!.public_camera_id as string)
  const access = await issueDeviceAccess({ publicCameraId }, settings(env, 'tokens'), Date.now())
  return {
    id: Number(row!.id),
    publicDeviceId: row!.public_device_id as string,
    publicCameraId,
    deviceId,
    claimToken,
    deviceToken,
    access,
  }
}

/** Inserts a notification of a camera to its owner, with these columns changed. */
export async function aNotification(owner: User, camera: Camera, columns: object = {}, db = sql) {
  const row = {
    owner: owner.publicUserId,
    camera: camera.publicCameraId,
    kind: 'match',
    rule_ids: [],
    rule_nicknames: ['Fox'],
    title: camera.location,
    body: 'Fox',
    count: 1,
    created_at: new Date().toISOString(),
    ...columns,
  }
  return (await insert('notifications', row, db)).public_notification_id as string
}

/** Inserts a delivery of a notification to a target, with these columns changed. Returns its id. */
export async function aDelivery(owner: User, notification: string, columns: object = {}, db = sql) {
  const row = {
    notification,
    target: crypto.randomUUID(),
    owner: owner.publicUserId,
    kind: 'apns',
    state: 'sent',
    attempts: 1,
    reason: 'accepted',
    status: 200,
    created_at: new Date().toISOString(),
    ...columns,
  }
  return String((await insert('deliveries', row, db)).id)
}

/** Inserts a judged event of a user's camera, with these columns changed. Returns its public id. */
export async function anEvent(
  owner: User,
  camera: Pick<Camera, 'publicCameraId'> | null,
  columns: object = {},
  db = sql,
) {
  const now = new Date().toISOString()
  const row = {
    bucket: env.S3_BUCKET,
    object_key: camera
      ? `detection/${camera.publicCameraId}/${crypto.randomUUID()}.jpg`
      : `uploads/${owner.publicUserId}/${crypto.randomUUID()}.jpeg`,
    owner: owner.publicUserId,
    camera: camera?.publicCameraId ?? null,
    captured_at: now,
    received_at: now,
    state: 'done',
    attempts: 1,
    labels: [],
    ...columns,
  }
  return (await insert('events', row, db)).public_event_id as string
}

/** Inserts a rule's verdict on an event, with these columns changed. */
export const aVerdict = (event: string, rule: Rule, columns: object = {}, db = sql) =>
  insert(
    'verdicts',
    {
      event,
      rule: rule.publicRuleId,
      rule_text: rule.rule,
      rule_nickname: rule.nickname,
      verdict: 'yes',
      evidence: 'A fox stands there.',
      ...columns,
    },
    db,
  )

async function insert(table: string, row: object, db: typeof sql) {
  const names = Object.keys(row).join(', ')
  const [made] = await db.query(
    `insert into ${table} (${names}) select ${names} from jsonb_populate_record(null::${table}, $1) returning *`,
    [JSON.stringify(row)],
  )
  return made!
}

/** All rows of a user and their things, to compare before and after an action that must change nothing. */
export async function propertyOf({ id }: Pick<User, 'id'>, db = sql) {
  const [account, cameras, rules] = await Promise.all([
    db`select * from users where id = ${id}`,
    db`select * from camera_camera where owner_id = ${id} order by id`,
    db`select * from rules_rule where owner_id = ${id} order by id`,
  ])
  return { account, cameras, rules }
}
