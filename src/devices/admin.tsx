import { type SQL, sql } from 'drizzle-orm'
import { raw } from 'hono/html'
import { renderSVG } from 'uqr'
import { shown } from '../admin/fields.ts'
import { defineModel, type Told } from '../admin/model.ts'
import { isUnclaimed, publicCameraIdOf } from '../auth/device.ts'
import { isOnline, SILENCE_IN_SECONDS } from '../cameras/online.ts'
import { eraseUnclaimed } from '../db/erasures.ts'
import { cameras, devices, deviceWords } from '../db/schema.ts'
import { codePoints } from '../http/fields.ts'
import { eraseBeside } from '../storage/erasing.ts'
import { emailOf } from '../users/owner.ts'
import { SERIAL_LENGTH } from './provisioning.ts'

const ofCamera = (value: SQL) =>
  sql`(select ${value} from ${cameras} where ${cameras.id} = ${devices.cameraId})`
const isLive = sql`${devices.revokedAt} is null`
const describe = sql`coalesce(${devices.deviceId}, 'built ' || ${devices.publicDeviceId})`

/** A claim token for a serial number, in the form of the stickers in the field: 122 random bits in 32 characters. */
const newToken = (serial: SQL) => sql`${serial} || '_' || replace(gen_random_uuid()::text, '-', '')`
const hashed = (token: SQL) => sql`encode(sha256(convert_to(${token}, 'UTF8')), 'hex')`

const Stickers = ({ rows }: { rows: Told[] }) => (
  <div class="card prose">
    <p class="help">
      Print these now: they are not shown again. If a sticker is lost, issue a new claim token.
    </p>
    <ul class="stickers">
      {rows.map(({ repr, told }) => (
        <li>
          {raw(renderSVG(told, { ecc: 'M', border: 1 }))}
          <span>{repr}</span>
          <code>{told}</code>
        </li>
      ))}
    </ul>
  </div>
)
const tells = { title: 'Claim tokens', show: (rows: Told[]) => <Stickers rows={rows} /> }

export const deviceAdmin = defineModel(devices, {
  app: { label: 'devices', title: 'Devices' },
  name: 'device',
  title: 'device',
  plural: 'devices',
  describe,
  columns: [
    { title: 'Serial number', shows: describe },
    { title: 'Location', shows: ofCamera(sql`${cameras.location}`) },
    { title: 'Owner', shows: ofCamera(emailOf(cameras.ownerId)) },
    { title: 'Last seen', shows: ofCamera(sql`${cameras.lastSeenAt}`), as: 'moment' },
    { title: 'Revoked', shows: sql`${devices.revokedAt} is not null`, as: 'flag' },
    { title: 'Created at', shows: devices.createdAt, as: 'moment', sort: devices.createdAt },
  ],
  search: { of: deviceWords(devices), title: 'Search by serial number and model' },
  filters: [
    {
      kind: 'choice',
      parameter: 'state',
      title: 'state',
      choices: {
        online: {
          title: 'Online',
          where: sql`(${isLive} and coalesce(${ofCamera(isOnline)}, false))`,
        },
        offline: {
          title: 'Offline',
          where: sql`(${isLive} and ${devices.cameraId} is not null and not coalesce(${ofCamera(isOnline)}, false))`,
        },
        unclaimed: { title: 'Unclaimed', where: sql`(${isLive} and ${isUnclaimed})` },
        revoked: { title: 'Revoked', where: sql`not ${isLive}` },
      },
    },
    { kind: 'date', parameter: 'created_at', title: 'created at', column: devices.createdAt },
  ],
  sections: [
    {
      help: `A camera is online if it was seen in the last ${SILENCE_IN_SECONDS} seconds.`,
      fields: {
        device_id: shown({ label: 'Serial number', shows: devices.deviceId }),
        location: shown({ label: 'Location', shows: ofCamera(sql`${cameras.location}`) }),
        owner: shown({ label: 'Owner', shows: ofCamera(emailOf(cameras.ownerId)) }),
        last_seen_at: shown({
          label: 'Last seen',
          shows: ofCamera(sql`${cameras.lastSeenAt}`),
          as: 'moment',
        }),
        model: shown({ label: 'Model', shows: devices.model }),
        version: shown({ label: 'Version', shows: devices.version }),
        public_device_id: shown({ label: 'Public device id', shows: devices.publicDeviceId }),
        public_camera_id: shown({ label: 'Public camera id', shows: publicCameraIdOf }),
      },
    },
    {
      title: 'Important dates',
      fields: {
        created_at: shown({ label: 'Created at', shows: devices.createdAt, as: 'moment' }),
        registered_at: shown({ label: 'Registered at', shows: devices.registeredAt, as: 'moment' }),
        claimed_at: shown({ label: 'Claimed at', shows: devices.claimedAt, as: 'moment' }),
        revoked_at: shown({ label: 'Revoked at', shows: devices.revokedAt, as: 'moment' }),
      },
    },
  ],
  beforeRemoval: (deleted) => ({ erased: eraseUnclaimed(deleted) }),
  afterRemoval: eraseBeside,
  pasting: {
    title: 'Provision devices',
    label: 'Serial numbers',
    help: 'One per line. The next page shows the claim token of each as a sticker to print, only once.',
    most: 200,
    fault: (line) =>
      codePoints(line) === SERIAL_LENGTH ? null : `a serial number has ${SERIAL_LENGTH} characters.`,
    steps: (lines) => ({
      fresh: sql`select line, ${newToken(sql`line`)} as token from (${lines}) as lines`,
      done: sql`
        insert into ${devices} (device_id, claim_token_hash, created_at, provisioned_at)
        select line, ${hashed(sql`token`)}, now(), now() from fresh
        on conflict (device_id) do nothing
        returning id, ${devices.deviceId} as repr, (select token from fresh where line = ${devices.deviceId}) as told`,
    }),
    tells,
    unseen:
      'If you have not seen their claim tokens, choose “Issue new claim tokens” in the list of devices.',
  },
  actions: [
    {
      name: 'issue_claim_token',
      titles: { many: 'Issue new claim tokens', one: 'Issue a new claim token' },
      needs: 'change',
      // The holder of the new sticker may register again. A revoked device stays revoked, and leaves the camera that it was.
      steps: (chosen) => ({
        fresh: sql`
          select id, ${newToken(sql`device_id`)} as token from ${devices}
          where id in (${chosen}) and device_id is not null`,
        // A revoked device gets another id below.
        erased: eraseUnclaimed(
          sql`select id from ${devices} where id in (select id from fresh) and not ${isLive}`,
        ),
        done: sql`
          update ${devices} set
            claim_token_hash = ${hashed(sql`token`)},
            device_token_hash = case when ${isLive} then device_token_hash end,
            registered_at = null,
            camera_id = case when ${isLive} then camera_id end,
            claimed_at = case when ${isLive} then claimed_at end,
            public_camera_id = case when ${isLive} then public_camera_id else uuidv7() end,
            revoked_at = null
          from fresh where ${devices.id} = fresh.id
          returning ${devices.id}, ${describe} as repr, fresh.token as told`,
      }),
      logs: ['Claim token'],
      says: (count, repr) => `${repr ?? `${count} devices`}: only provisioned devices have a claim token.`,
      tells,
    },
    {
      name: 'revoke',
      titles: { many: 'Revoke selected devices', one: 'Revoke' },
      needs: 'change',
      steps: (chosen) => ({
        done: sql`
          update ${devices} set revoked_at = now() where ${devices.id} in (${chosen}) and ${isLive}
          returning ${devices.id}, ${describe} as repr`,
      }),
      logs: ['Revoked at'],
      says: (count, repr) => `${repr ?? `${count} ${count === 1 ? 'device' : 'devices'}`} revoked.`,
    },
  ],
})
