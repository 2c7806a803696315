import { sql } from 'drizzle-orm'
import {
  type Attempt,
  countedFailures,
  keyedHash,
  networkKey,
  refuseGuess,
  secondsToWait,
} from '../auth/attempts.ts'
import { hashOf, newSecret } from '../auth/secrets.ts'
import { type Viewer, viewerAdds } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { eraseUnclaimed } from '../db/erasures.ts'
import { forgetting } from '../db/forgetting.ts'
import { cameras, devices, erasures, pairings, users } from '../db/schema.ts'
import { given, moment, oneOf, repeatable, writing } from '../db/statement.ts'
import { problems } from '../problems.ts'

/** Letters and digits that nobody mistakes for each other. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODE_LENGTH = 8
/** The lifetime of a code, and the time in which the client that used it may retry. */
const PERIOD = sql`interval '15 minutes'`
const OPEN_CODES = sql.raw('5')
const SECRET_IN_BYTES = 32
/** Only the first try can lose a race of a client with itself. */
const TRIES = 3

const isUnused = sql`used_at is null and expires_at > now()`

const inviting = viewerAdds(() => ({
  steps: {
    closed: sql`
      delete from ${pairings} where owner_id = (select id from viewer) and used_at is null and id not in (
        select id from ${pairings} where owner_id = (select id from viewer) and ${isUnused}
        order by id desc limit ${OPEN_CODES} - 1)
      returning id`,
    pairing: sql`
      insert into ${pairings} (code_hash, owner_id, location, created_at, expires_at)
      select ${given('codeHash')}, id, ${given('location')}, now(), now() + ${PERIOD} from viewer
      returning expires_at`,
  },
  answers: {
    expiresAt: sql<string>`(select ${moment(sql.identifier('expires_at'), 'expiresAt')} from pairing)`,
  },
}))

/**
 * Creates a code that makes a camera the viewer's, once; returns it with its expiry. The oldest code beyond five is
 * invalidated.
 */
export async function invite(db: Db, viewer: Viewer, location: string, secrets: Pick<Attempt, 'secret'>) {
  const code = newCode()
  const { expiresAt } = await inviting(db, viewer, { codeHash: await codeHashOf(code, secrets), location })
  return { code: `${code.slice(0, 4)}-${code.slice(4)}`, expiresAt }
}

type Pairing = { publicCameraId: string; location: string }

// Codes created concurrently all saw fewer than five: only the newest five count.
const isOpen = sql`(${isUnused} and ${OPEN_CODES} > (
  select count(*) from ${pairings} as newer
  where newer.owner_id = ${pairings.ownerId} and newer.id > ${pairings.id} and newer.used_at is null and newer.expires_at > now()))`
const isAgain = sql`(used_at > now() - ${PERIOD} and nonce_hash = ${given('nonceHash')} and exists (
  select from ${devices} where ${devices.id} = ${pairings.deviceId} and device_token_used_at is null))`

// Locks the owner's account before the code, in the same order as a deletion.
const pairing = repeatable(() => ({
  steps: {
    found: sql`
      select id, owner_id from ${pairings} where code_hash = ${given('codeHash')} and (${isOpen} or ${isAgain})`,
    ...countedFailures(sql`
      select 'failed pairings' as account, ${given('network')} as network,
        case when exists (select from found) then 0 else 1 end as failures`),
    owner: sql`
      select id from ${users}
      where id = (select owner_id from found) and is_active
        and not (${given('isThrottlingOn', 'boolean')} and (select seconds_to_wait from verdict) > 0)
      for key share`,
    code: sql`
      select id, location, device_id, used_at is not null as is_used from ${pairings}
      where id = (select id from found) and exists (select from owner)
        and (used_at is null or nonce_hash = ${given('nonceHash')})
      for update`,
    camera: sql`
      insert into ${cameras} (public_camera_id, owner_id, location, created_at)
      select uuidv7(), owner.id, location, now() from code, owner where not is_used
      returning id, public_camera_id`,
    device: sql`
      insert into ${devices} (camera_id, device_token_hash, created_at, registered_at, claimed_at, model, version)
      select id, ${given('tokenHash')}, now(), now(), now(), ${given('model')}, ${given('version')} from camera
      returning id`,
    used: sql`
      update ${pairings} set used_at = now(), nonce_hash = ${given('nonceHash')}, device_id = device.id from device
      where ${pairings.id} = (select id from code)
      returning device_id`,
    again: sql`
      update ${devices} set device_token_hash = ${given('tokenHash')}
      where id = (select device_id from code where is_used) and device_token_used_at is null and revoked_at is null
      returning camera_id`,
    paired: sql`
      select public_camera_id from camera
      union all
      select public_camera_id from ${cameras} where id = (select camera_id from again)`,
  },
  answers: {
    paired: oneOf<Pairing>(
      sql`select public_camera_id as "publicCameraId", (select location from code) as location from paired`,
    ),
    isFound: sql<boolean>`exists (select from found)`,
    secondsToWait,
  },
}))

type Client = { code: string; nonce: string; model?: string | undefined; version?: string | undefined }

/**
 * Creates a camera for the account that created the code, and returns the token of its device. The same code and nonce again,
 * after a lost answer, return the same camera and a new token in place of the unused one.
 * @throws pairingCodeRefused, with the same words for a wrong, a used and an expired code; throttled, after ten of them from
 * a network
 */
export async function pair(db: Db, attempt: Attempt, { code, nonce, model = '', version = '' }: Client) {
  const deviceToken = `scd_${newSecret(SECRET_IN_BYTES)}`
  const values = {
    codeHash: await codeHashOf(code, attempt),
    nonceHash: await keyedHash(`pairing nonce ${nonce}`, attempt),
    tokenHash: await hashOf(deviceToken),
    network: await networkKey(attempt),
    isThrottlingOn: attempt.isThrottlingOn,
    model: model || null,
    version: version || null,
  }
  for (let tries = 1; ; tries++) {
    const { paired, isFound, secondsToWait } = await pairing(db, values)
    if (paired) return { deviceToken, ...paired }
    refuseGuess(secondsToWait, attempt)
    if (!isFound || tries === TRIES) throw problems.pairingCodeRefused()
  }
}

/** Letter case and spacing of a code do not matter. */
const codeHashOf = (code: string, secrets: Pick<Attempt, 'secret'>) =>
  keyedHash(`pairing code ${code.toUpperCase().replaceAll(/[^\dA-Z]/g, '')}`, secrets)

function newCode() {
  let code = ''
  while (code.length < CODE_LENGTH)
    for (const byte of crypto.getRandomValues(new Uint8Array(CODE_LENGTH)))
      // Every character is equally likely.
      if (byte < 256 - (256 % ALPHABET.length)) code += ALPHABET.charAt(byte % ALPHABET.length)
  return code.slice(0, CODE_LENGTH)
}

const forgetCodes = forgetting(pairings, sql`expires_at <= now() - ${PERIOD}`)

/** What such a device uploaded since its camera is gone is under an id of its own, which nothing knows after this. */
const ending = writing(() => ({
  steps: {
    gone: sql`
      delete from ${devices} where id in (
        select id from ${devices} where device_id is null and camera_id is null limit ${ENDED_AT_ONCE})
      returning id`,
    erased: eraseUnclaimed(sql`select id from gone`),
  },
  answers: { count: sql<number>`(select count(*) from gone)` },
}))
/** Small enough for the time of one statement. */
const ENDED_AT_ONCE = sql.raw('2000')

/** A revoked camera uploads nothing after half an hour: the nights after that erase its last uploads. */
const LAST_UPLOADS = sql`interval '2 days'`

const erasing = writing(() => ({
  steps: {
    erased: eraseUnclaimed(sql`
      select id from ${devices}
      where camera_id is null and device_token_used_at is not null and (revoked_at is null or revoked_at > now() - ${LAST_UPLOADS})
        and not exists (
          select from ${erasures} where done_at is null and prefix = 'detection/' || ${devices.publicCameraId} || '/')`),
  },
  answers: {},
}))

/** The hour, in UTC, of the daily erasure of what unclaimed cameras uploaded. */
const NIGHT = 3

/** Deletes expired codes, and self-built devices whose cameras are gone. `now` in milliseconds. */
export async function forgetOldPairings(db: Db, now: number) {
  await forgetCodes(db)
  while ((await ending(db)).count > 0);
  if (new Date(now).getUTCHours() === NIGHT) await erasing(db)
}
