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
  'A camera that is known now.',
  { claim_token: text('For its sticker, as a QR code holds it: told this once.') },
  { claim_token: CLAIM_TOKEN },
)

const registered = answer<{ device_token: string; public_camera_id: string }>(
  'RegisteredDevice',
  'What a camera keeps.',
  {
    device_token: text(
      'For `Authorization: Device <device token>`; told this once, and good until it is revoked.',
    ),
    public_camera_id: publicId(
      'What the camera goes by at this moment; its access tokens name it from now on.',
    ),
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
  'A code to type into a camera.',
  {
    pairing_code: text('Eight letters and digits, as they are shown: told this once.'),
    expires_at: timestamp('Until when it is good.'),
  },
  { pairing_code: 'K7QM-3WPD', expires_at: '2026-04-28T12:15:00.120000Z' },
)

const BUILT_TOKEN = 'scd_b7RkzXw0Qm4Nf1sVt9Ue6LyHcJpGdOaTb7RkzXw0Qm4'
const paired = answer<{ device_token: string; public_camera_id: string; location: string }>(
  'PairedDevice',
  'What a camera keeps.',
  {
    device_token: text(
      'For `Authorization: Device <device token>`; told this once, and good until it is revoked.',
    ),
    public_camera_id: publicId('The id of the camera in paths.'),
    location: text('Where its owner says that it hangs.'),
  },
  { device_token: BUILT_TOKEN, public_camera_id: CAMERA_ID, location: 'Front Door' },
)

const some = (field: z.ZodMiniType<string>) => z.optional(field)
const device = answer<ReturnType<typeof deviceJson>>(
  'Device',
  'What hangs where a camera is. What there is none of is left out.',
  {
    public_device_id: publicId('The id of the device, which stays the same from camera to camera.'),
    device_id: some(text('Its serial number, where it was assembled by others.')),
    model: some(text('What it says that it is.')),
    version: some(text('The version of its program.')),
    registered_at: some(timestamp('When it got its token.')),
    claimed_at: some(timestamp('When it became this camera.')),
    revoked_at: some(timestamp('Since when it may do nothing any more.')),
    last_seen_at: some(timestamp('When the camera was seen last, to the minute.')),
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
      .check(z.meta({ type: 'integer', format: 'int32', description: 'How long it is good, in seconds.' })),
  },
  { access: TOKEN, expires_in: 900 },
)

const command = answer<{ command: 'none' }>(
  'Command',
  'What a camera is asked to do.',
  { command: z.enum(['none']).check(z.describe('Nothing: there is no live view yet.')) },
  { command: 'none' },
)

const noted = answer<object>('Noted', 'It is noted.', {}, {})

export const deviceOperations: Operations = {
  'POST /v1/cameras/provision/': {
    operationId: 'provisionDevice',
    summary: 'Make a camera known',
    description:
      'For who assembles cameras: staff who may add devices, or whoever has the key of the deployment. The claim token goes onto the camera and its sticker.',
    body: input(
      'Provisioning',
      'A camera that was assembled.',
      provisioning,
      { device_id: 'Its serial number; trimmed.' },
      { device_id: SERIAL },
    ),
    answers: { 201: provisioned },
    refuses: ['NotPermitted', 'AlreadyProvisioned'],
    asker: 'provisioner',
  },
  'POST /v1/cameras/register/': {
    operationId: 'registerDevice',
    summary: 'Get a camera’s token, at its first start',
    description:
      'Again within 10 minutes, where the answer was lost and its token is unused: another token, and the one before it is void. A serial number that nobody knows is not told from a wrong claim token. Only failures are limited.',
    body: input(
      'DeviceRegistration',
      'What a provisioned camera was given.',
      registration,
      { device_id: 'Its serial number.', claim_token: 'The token of its sticker.' },
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
      'Whoever is first has it until they delete it; the same owner again gets the same answer. Each claim is a camera with an id that was none’s before.',
    body: input(
      'Claim',
      'A sticker, and where its camera hangs.',
      claim,
      { claim_token: 'What the QR code holds.', location: 'Where it hangs; trimmed.' },
      { claim_token: CLAIM_TOKEN, location: 'Front Door' },
    ),
    answers: { 200: claimed },
    refuses: ['ClaimTokenRefused'],
  },
  'POST /v1/cameras/pairing_codes/': {
    operationId: 'createPairingCode',
    summary: 'Get a code for a camera that you built',
    description:
      'Typed into the camera, the code makes it yours. It is good for 15 minutes and one camera; a sixth open code closes the oldest.',
    body: input(
      'PairingCodeInput',
      'Where the camera will hang.',
      invitation,
      { location: 'Where it hangs; trimmed.' },
      { location: 'Front Door' },
    ),
    answers: { 201: pairingCode },
  },
  'POST /v1/cameras/pair/': {
    operationId: 'pairDevice',
    summary: 'Become the camera of whoever made a code',
    description:
      'For a camera that somebody built. Where the answer was lost, the same code and nonce get the same camera and another token, until a token was used. Ten wrong codes in 15 minutes close a network out.',
    body: input(
      'Pairing',
      'A code, and who uses it.',
      pairing,
      {
        pairing_code: 'The code, in any letter case and spacing.',
        nonce: '32 random bytes in base64url, the same each time this code is tried.',
        model: 'What the camera is.',
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
    summary: 'Read what hangs where a camera is',
    description:
      'Of your own camera: what it is and when it was seen last. A camera without a device of its own uploads as you.',
    answers: { 200: device },
    refuses: ['NoSuchCamera', 'NoSuchDevice'],
  },
  'DELETE /v1/cameras/{public_camera_id}/device/': {
    operationId: 'revokeDevice',
    summary: 'Revoke a camera’s token',
    description:
      'For a camera that was stolen or sold: it is refused from its next request on, and its uploads within 20 minutes. The camera and its rules stay.',
    answers: { 204: 'The token is none any more.' },
    refuses: ['NoSuchCamera', 'NoSuchDevice'],
  },
  'POST /v1/cameras/auth/token/': {
    operationId: 'getDeviceAccess',
    summary: 'Trade a device token for an access token',
    description:
      'Needs `Authorization: Device <device token>`, the scheme in any letter case, and no body. The access token is good for 15 minutes, and until the camera is claimed or released.',
    answers: { 200: access },
    refuses: OF_DEVICE_TOKENS,
    isPublic: true,
  },
  'POST /v1/cameras/heartbeat/': {
    operationId: 'sendHeartbeat',
    summary: 'Say that the camera is there',
    description:
      'For every 60 seconds; a camera that is silent for 180 seconds is offline. What else a camera tells of itself is taken, and only its version kept.',
    body: input(
      'Heartbeat',
      'What a camera tells of itself; all of it may be missing.',
      heartbeat,
      {
        version: 'The version of its program.',
        fps: 'Pictures a second that it looks at.',
        spooled: 'Pictures that wait for an upload.',
        temperature: 'Of its processor, in degrees Celsius.',
      },
      { version: '1.4.0', fps: 4.8, spooled: 0, temperature: 51.5 },
    ),
    isBodyOptional: true,
    answers: { 200: noted },
    asker: 'device',
  },
  'POST /v1/cameras/update_preview_time/': {
    operationId: 'notePreview',
    summary: 'Say that there is a new preview',
    description:
      'After the upload of a preview. No body is read, whatever its type; the time is written at most every 10 seconds.',
    answers: { 200: 'The time of the preview is now.' },
    asker: 'device',
  },
  'GET /v1/cameras/streaming/command': {
    operationId: 'pollCommand',
    summary: 'Wait for a command',
    description:
      'The answer is held for 25 seconds and then says `none`. It counts as a heartbeat; a camera asks again at once, but no more often than every 5 seconds.',
    answers: { 200: command },
    asker: 'device',
  },
}
