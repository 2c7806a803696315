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
  /** What `registerDevice` or `pairDevice` once gave. */
  deviceToken?: string | null
  /** Is told the device token, to keep it: it is given once. */
  onDeviceToken?: (deviceToken: string) => unknown
}
export type DeviceClient = ReturnType<typeof createDevice>
export type Media = 'DETECTION' | 'CAMERA_PREVIEW' | 'VIDEO_CLIP'

const TYPES = { DETECTION: 'image/jpeg', CAMERA_PREVIEW: 'image/jpeg', VIDEO_CLIP: 'video/mp4' }
/** An access token is asked for anew so long before it is over. */
const EARLY_IN_MS = 30_000
/** A poll is held for 25 seconds. */
const POLL_IN_MS = 35_000

/**
 * Makes a client for a camera. It asks for its access token by itself, and once more where one is refused. Every method throws
 * ScoutError for a refusal, and UnreachableError where no answer came.
 */
export function createDevice(options: DeviceOptions) {
  const { now = Date.now, onDeviceToken } = options
  const { call, upload } = createRequests(options)
  let deviceToken = options.deviceToken ?? null
  let access: { token: string; until: number } | null = null

  function keep(token: string) {
    deviceToken = token
    access = null
    onDeviceToken?.(token)
  }

  /** Trades the device token for an access token, which is good for 15 minutes. */
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

  /** A URL for one picture or clip; a clip names the `key` of the detection that it is of. */
  const signMediaUpload = (media: Media, detectionKey?: string) => {
    const query = [
      `upload_type=${media}`,
      detectionKey && `detection_key=${encodeURIComponent(detectionKey)}`,
    ]
    const more = { headers: { 'Content-Type': TYPES[media] }, isSafe: true }
    return ask<PresignedUpload>(
      'POST',
      `/v1/cameras/presigned_upload_url/?${query.filter(Boolean).join('&')}`,
      undefined,
      more,
    )
  }

  return {
    /** The first start of a camera that came with a sticker. It is safe to ask again within 10 minutes, until the token is used. */
    async registerDevice(registration: DeviceRegistration) {
      const more = { isSafe: true }
      const { body } = await call<RegisteredDevice>(
        'POST',
        '/v1/cameras/register/',
        registration,
        undefined,
        more,
      )
      keep(body.device_token)
      return body
    },
    /** Becomes a camera of whoever made the code. The same nonce again gets the same camera, where the answer was lost. */
    async pairDevice(pairing: Pairing) {
      const more = { isSafe: true }
      const { body } = await call<PairedDevice>('POST', '/v1/cameras/pair/', pairing, undefined, more)
      keep(body.device_token)
      return body
    },
    getDeviceAccess,
    /** For every 60 seconds. */
    sendHeartbeat: (heartbeat: Heartbeat = {}) =>
      ask<Noted>('POST', '/v1/cameras/heartbeat/', heartbeat, { isSafe: true }),
    signMediaUpload,
    /** Uploads a picture or a clip straight to storage, and again while its URL is good. Gives its key in the bucket. */
    async uploadMedia(media: Media, bytes: Blob | ArrayBuffer | Uint8Array, detectionKey?: string) {
      const asked = now()
      const { url, key, expires_in } = await signMediaUpload(media, detectionKey)
      await upload(url, TYPES[media], bytes, asked + expires_in * 1000)
      return { key }
    },
    /** Says that a detection was uploaded, or will be, when it was taken and what was found in it. */
    announceEvent: (announcement: Announcement) =>
      ask<AnnouncedEvent>('POST', '/v1/events/', announcement, { isSafe: true }),
    /** Says that a new preview was uploaded. */
    notePreview: () =>
      ask<void>('POST', '/v1/cameras/update_preview_time/', undefined, { isSafe: true, isEmpty: true }),
    /** What the camera is asked to do; answered after 25 seconds where that is nothing. */
    pollCommand: () =>
      ask<Command>('GET', '/v1/cameras/streaming/command', undefined, { limitInMs: POLL_IN_MS }),
  }
}
