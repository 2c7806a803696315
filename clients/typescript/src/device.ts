import { queryOf } from './lists.ts'
import { ScoutError } from './problems.ts'
import { createRequests, type RequestOptions } from './request.ts'
import type {
  AnnouncedEvent,
  Announcement,
  Command,
  DeviceAccess,
  DeviceRegistration,
  Heartbeat,
  Noted,
  PairedDevice,
  Pairing,
  PresignedUpload,
  RegisteredDevice,
} from './types.ts'

export type DeviceOptions = RequestOptions & {
  /** The token that `registerDevice` or `pairDevice` returned. */
  deviceToken?: string | null
  /**
   * Gets the device token, which the caller must store: the service returns it once. `registerDevice` and `pairDevice` wait for
   * it, and throw what it throws.
   */
  onDeviceToken?: (deviceToken: string) => unknown
}
export type DeviceClient = ReturnType<typeof createDevice>
/** For a clip the `key` of its detection; for a detection the time it was taken, which its key then contains. */
export type MediaFields = { detectionKey?: string; capturedAt?: Date }
export type Media = 'DETECTION' | 'CAMERA_PREVIEW' | 'VIDEO_CLIP'

const TYPES = { DETECTION: 'image/jpeg', CAMERA_PREVIEW: 'image/jpeg', VIDEO_CLIP: 'video/mp4' }
/** How long before its expiry an access token is renewed. */
const EARLY_IN_MS = 30_000
/** The service holds a poll for 25 seconds. */
const POLL_IN_MS = 35_000

/**
 * Makes a client for a camera. It fetches its access token by itself, and once more if one is refused. Every method throws ScoutError for
 * a refusal, and UnreachableError if there is no answer.
 */
export function createDevice(options: DeviceOptions) {
  const { now = Date.now, onDeviceToken } = options
  const { call, upload } = createRequests(options)
  let deviceToken = options.deviceToken ?? null
  let access: { token: string; until: number } | null = null

  async function keep(token: string) {
    deviceToken = token
    access = null
    await onDeviceToken?.(token)
  }

  /** Exchanges the device token for an access token, which lasts 15 minutes. */
  async function getDeviceAccess(): Promise<DeviceAccess> {
    if (!deviceToken) throw new TypeError('the camera is neither registered nor paired')
    const headers = { Authorization: `Device ${deviceToken}` }
    const more = { headers, isSafe: true }
    const { body } = await call<DeviceAccess>('POST', '/v1/cameras/auth/token/', undefined, undefined, more)
    access = { token: body.access, until: now() + body.expires_in * 1000 - EARLY_IN_MS }
    return body
  }

  async function ask<T>(
    method: string,
    path: string,
    sent?: object,
    more: Parameters<typeof call>[4] = {},
  ): Promise<T> {
    const isFresh = access === null || access.until <= now()
    const token = isFresh ? (await getDeviceAccess()).access : access!.token
    try {
      return (await call<T>(method, path, sent, token, more)).body
    } catch (error) {
      const isStale = !isFresh && error instanceof ScoutError && error.status === 401
      if (!isStale) throw error
      return (await call<T>(method, path, sent, (await getDeviceAccess()).access, more)).body
    }
  }

  /** A URL for one picture or clip. */
  const signMediaUpload = (media: Media, { detectionKey, capturedAt }: MediaFields = {}) => {
    const query = queryOf({
      upload_type: media,
      detection_key: detectionKey,
      captured_at: capturedAt?.toISOString(),
    })
    const more = { headers: { 'Content-Type': TYPES[media] }, isSafe: true }
    return ask<PresignedUpload>('POST', `/v1/cameras/presigned_upload_url/?${query}`, undefined, more)
  }

  return {
    /** Registers a camera with a sticker at its first start. Safe to repeat within 10 minutes, until the token is used. */
    async registerDevice(registration: DeviceRegistration) {
      const more = { isSafe: true }
      const { body } = await call<RegisteredDevice>(
        'POST',
        '/v1/cameras/register/',
        registration,
        undefined,
        more,
      )
      await keep(body.device_token)
      return body
    },
    /** Adds the camera to the account that the code is from. If the answer was lost, the same nonce returns the same camera. */
    async pairDevice(pairing: Pairing) {
      const more = { isSafe: true }
      const { body } = await call<PairedDevice>('POST', '/v1/cameras/pair/', pairing, undefined, more)
      await keep(body.device_token)
      return body
    },
    getDeviceAccess,
    /** Send it every 60 seconds. */
    sendHeartbeat: (heartbeat: Heartbeat = {}) =>
      ask<Noted>('POST', '/v1/cameras/heartbeat/', heartbeat, { isSafe: true }),
    signMediaUpload,
    /** Uploads a picture or a clip straight to storage, with retries while its URL is valid. Returns its key in the bucket. */
    async uploadMedia(media: Media, bytes: Blob | ArrayBuffer | Uint8Array, fields: MediaFields = {}) {
      const asked = now()
      const { url, key, expires_in } = await signMediaUpload(media, fields)
      await upload(url, TYPES[media], bytes, asked + expires_in * 1000)
      return { key }
    },
    /** Like `uploadMedia`, to a URL of `signMediaUpload` that expires at `until` (milliseconds). A second upload replaces the first. */
    putMedia: (media: Media, bytes: Blob | ArrayBuffer | Uint8Array, url: string, until: number) =>
      upload(url, TYPES[media], bytes, until),
    /** Announces a detection, uploaded or about to be: when it was taken and what was found. Storage may have reported it before. */
    announceEvent: (announcement: Announcement) =>
      ask<AnnouncedEvent>('POST', '/v1/events/', announcement, { isSafe: true }),
    /** Reports that a new preview was uploaded. */
    notePreview: () =>
      ask<void>('POST', '/v1/cameras/update_preview_time/', undefined, { isSafe: true, isEmpty: true }),
    /** Waits for a command for the camera; the service answers "none" after 25 seconds. */
    pollCommand: () =>
      ask<Command>('GET', '/v1/cameras/streaming/command', undefined, { limitInMs: POLL_IN_MS }),
  }
}
