import * as z from 'zod/mini'
import { TOKEN } from '../auth/openapi.ts'
import { OF_DEVICE_TOKENS } from '../openapi/errors.ts'
import type { Operations } from '../openapi/operation.ts'
import { answer, input, flag, publicId, text, timestamp, token } from '../openapi/schema.ts'
import { claim, type deviceJson, heartbeat, invitation, pairing, provisioning, registration } from './json.ts'

const SERIAL = '10000000a1b2c3d4'
const CLAIM_TOKEN = `${SERIAL}_qx5N0m2Zk1vT8sWbYc3dLr7HpJfGuEaO`
const DEVICE_TOKEN = `${SERIAL}_b7RkzXw0Qm4Nf1sVt9Ue6LyHcJpGdOaT`
const CAMERA_ID = '019731a2-1234-7abc-8def-000000000002'

const provisioned = answer<{ claim_token: string }>(
  'ProvisionedDevice',
  'A camera that has just been provisioned.',
  { claim_token: text('For the QR code on its sticker. Returned only once.') },
  { claim_token: CLAIM_TOKEN },
)

const registered = answer<{ device_token: string; public_camera_id: string }>(
  'RegisteredDevice',
  'The token that a camera stores.',
  {
    device_token: text(
      'For `Authorization: Device <device token>`. Returned only once, and valid until it is revoked.',
    ),
    public_camera_id: publicId('The current id of the camera. Its access tokens name it from now on.'),
  },
  { device_token: DEVICE_TOKEN, public_camera_id: CAMERA_ID },
)

const claimed = answer<{ public_camera_id: string }>(
  'ClaimedCamera',
  'A camera that is yours.',
  { public_camera_id: publicId('The id of the camera in paths.') },
  { public_camera_id: CAMERA_ID },
)

const pairingCode = answer<{ pairing_code: string; expires_at: string }>(
  'PairingCode',
  'A code that the owner types into a camera.',
  {
    pairing_code: text('Eight letters and digits with a hyphen, ready to show. Returned only once.'),
    expires_at: timestamp('When the code expires.'),
  },
  { pairing_code: 'K7QM-3WPD', expires_at: '2026-04-28T12:15:00.120000Z' },
)

const BUILT_TOKEN = 'scd_b7RkzXw0Qm4Nf1sVt9Ue6LyHcJpGdOaTb7RkzXw0Qm4'
const paired = answer<{ device_token: string; public_camera_id: string; location: string }>(
  'PairedDevice',
  'The token that a camera stores.',
  {
    device_token: text(
      'For `Authorization: Device <device token>`. Returned only once, and valid until it is revoked.',
    ),
    public_camera_id: publicId('The id of the camera in paths.'),
    location: text('The place of the camera, as its owner entered it.'),
  },
  { device_token: BUILT_TOKEN, public_camera_id: CAMERA_ID, location: 'Front Door' },
)

const some = (field: z.ZodMiniType<string>) => z.optional(field)
const device = answer<ReturnType<typeof deviceJson>>(
  'Device',
  'The device of a camera. Fields without a value are left out.',
  {
    public_device_id: publicId(
      'The id of the device. It stays the same if another camera claims the device.',
    ),
    device_id: some(text('Its serial number, if a manufacturer provisioned it.')),
    model: some(text('The model that the device reported.')),
    version: some(text('The version of its program.')),
    registered_at: some(timestamp('When the device got its token.')),
    claimed_at: some(timestamp('When the device became this camera.')),
    revoked_at: some(timestamp('When its token was revoked.')),
    last_seen_at: some(timestamp('When the camera was last seen, to the minute.')),
    is_online: flag('Whether that is less than 180 seconds ago.'),
  },
  {
    public_device_id: '019731a2-1234-7abc-8def-000000000007',
    device_id: SERIAL,
    model: 'Raspberry Pi 5',
    version: '1.4.0',
    registered_at: '2026-04-28T12:00:00Z',
    claimed_at: '2026-04-28T12:01:00Z',
    revoked_at: undefined,
    last_seen_at: '2026-04-28T12:30:00Z',
    is_online: true,
  },
)

const access = answer<{ access: string; expires_in: number }>(
  'DeviceAccess',
  'A camera’s access token.',
  {
    access: token('For `Authorization: Bearer <access>`.'),
    expires_in: z
      .number()
      .check(
        z.meta({ type: 'integer', format: 'int32', description: 'The lifetime of the token in seconds.' }),
      ),
  },
  { access: TOKEN, expires_in: 900 },
)

const command = answer<{ command: 'none' }>(
  'Command',
  'A command to the camera.',
  { command: z.enum(['none']).check(z.describe('Always `none`: there is no live view yet.')) },
  { command: 'none' },
)

const noted = answer<object>('Noted', 'The service has stored it.', {}, {})

export const deviceOperations: Operations = {
  'POST /v1/cameras/provision/': {
    operationId: 'provisionDevice',
    summary: 'Provision a camera',
    description:
      'For manufacturers: staff who may add devices, or the holder of the deployment’s provisioning key. The claim token goes onto the camera and its sticker.',
    body: input(
      'Provisioning',
      'A new camera.',
      provisioning,
      { device_id: 'The serial number; trimmed.' },
      { device_id: SERIAL },
    ),
    answers: { 201: provisioned },
    refuses: ['NotPermitted', 'AlreadyProvisioned'],
    asker: 'provisioner',
  },
  'POST /v1/cameras/register/': {
    operationId: 'registerDevice',
    summary: 'Get a camera’s token at its first start',
    description:
      'If the answer was lost, the camera may retry within 10 minutes while its token is unused: it gets a new token, and the old one becomes invalid. The refusal is the same for an unknown serial number and a wrong claim token. Only failures count towards the throttle.',
    body: input(
      'DeviceRegistration',
      'The credentials of a provisioned camera.',
      registration,
      { device_id: 'The serial number.', claim_token: 'The claim token on its sticker.' },
      { device_id: SERIAL, claim_token: CLAIM_TOKEN },
    ),
    answers: { 201: registered },
    refuses: ['ClaimTokenRefused', 'AlreadyRegistered'],
    isPublic: true,
  },
  'POST /v1/cameras/claim/': {
    operationId: 'claimDevice',
    summary: 'Make a camera yours by its sticker',
    description:
      'The first account to claim the camera owns it until it deletes it. The owner may retry and gets the same answer. Each claim creates a camera with a new id.',
    body: input(
      'Claim',
      'The token of a sticker, and the place of the camera.',
      claim,
      { claim_token: 'The content of the QR code.', location: 'The place of the camera; trimmed.' },
      { claim_token: CLAIM_TOKEN, location: 'Front Door' },
    ),
    answers: { 200: claimed },
    refuses: ['ClaimTokenRefused'],
  },
  'POST /v1/cameras/pairing_codes/': {
    operationId: 'createPairingCode',
    summary: 'Get a code for a camera that you built',
    description:
      'The camera becomes yours when you type the code into it. A code works for 15 minutes and one camera. A sixth open code invalidates the oldest.',
    body: input(
      'PairingCodeInput',
      'The place of the future camera.',
      invitation,
      { location: 'The place of the camera; trimmed.' },
      { location: 'Front Door' },
    ),
    answers: { 201: pairingCode },
  },
  'POST /v1/cameras/pair/': {
    operationId: 'pairDevice',
    summary: 'Pair a camera with the account that created a code',
    description:
      'For a self-built camera. If the answer was lost, a retry with the same code and nonce returns the same camera and a new token, until a token has been used. Ten wrong codes in 15 minutes block a network.',
    body: input(
      'Pairing',
      'A code, and the camera that uses it.',
      pairing,
      {
        pairing_code: 'The code, in any letter case and spacing.',
        nonce: '32 random bytes in base64url; the same for every retry with this code.',
        model: 'The model of the camera.',
        version: 'The version of its program.',
      },
      {
        pairing_code: 'K7QM-3WPD',
        nonce: 'b7RkzXw0Qm4Nf1sVt9Ue6LyHcJpGdOaTb7RkzXw0Qm4',
        model: 'Raspberry Pi 5',
        version: '1.4.0',
      },
    ),
    answers: { 201: paired },
    refuses: ['PairingCodeRefused'],
    isPublic: true,
  },
  'GET /v1/cameras/{public_camera_id}/device/': {
    operationId: 'getDevice',
    summary: 'Read the device of a camera',
    description:
      'Returns the model of your camera’s device and when it was last seen. A camera without a device of its own uploads with your token.',
    answers: { 200: device },
    refuses: ['NoSuchCamera', 'NoSuchDevice'],
  },
  'DELETE /v1/cameras/{public_camera_id}/device/': {
    operationId: 'revokeDevice',
    summary: 'Revoke a camera’s token',
    description:
      'For a camera that was stolen or sold. Its next request is refused, and its uploads within 20 minutes. The camera and its rules stay.',
    answers: { 204: 'The token is revoked.' },
    refuses: ['NoSuchCamera', 'NoSuchDevice'],
  },
  'POST /v1/cameras/auth/token/': {
    operationId: 'getDeviceAccess',
    summary: 'Exchange a device token for an access token',
    description:
      'Needs `Authorization: Device <device token>`, the scheme in any letter case, and no body. The access token expires after 15 minutes, or when the camera is claimed or released.',
    answers: { 200: access },
    refuses: OF_DEVICE_TOKENS,
    isPublic: true,
  },
  'POST /v1/cameras/heartbeat/': {
    operationId: 'sendHeartbeat',
    summary: 'Report that the camera is online',
    description:
      'Send one every 60 seconds. A camera that is silent for 180 seconds is offline. Other fields are accepted, but only the version is stored.',
    body: input(
      'Heartbeat',
      'The state of a camera. Every field is optional.',
      heartbeat,
      {
        version: 'The version of its program.',
        fps: 'The pictures that it analyses per second.',
        spooled: 'The number of pictures that wait for their upload.',
        temperature: 'The temperature of its processor in degrees Celsius.',
      },
      { version: '1.4.0', fps: 4.8, spooled: 0, temperature: 51.5 },
    ),
    isBodyOptional: true,
    answers: { 200: noted },
    asker: 'device',
  },
  'POST /v1/cameras/update_preview_time/': {
    operationId: 'notePreview',
    summary: 'Report a new preview',
    description:
      'Send this after the upload of a preview. A body of any type is ignored. The time is stored at most every 10 seconds.',
    answers: { 200: 'The time of the preview is stored.' },
    asker: 'device',
  },
  'GET /v1/cameras/streaming/command': {
    operationId: 'pollCommand',
    summary: 'Wait for a command',
    description:
      'The service holds the request for 25 seconds and then returns `none`. It counts as a heartbeat. A camera polls again at once, but at most every 5 seconds.',
    answers: { 200: command },
    asker: 'device',
  },
}
