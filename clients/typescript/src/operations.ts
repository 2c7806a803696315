import {
  type CameraListOptions,
  each,
  type EventListOptions,
  type ListOptions,
  type NotificationListOptions,
  whole,
} from './lists.ts'
import { type CallOptions, createRequests, type RequestOptions } from './request.ts'
import { createSession, keyOf, type SessionOptions, type Tokens } from './session.ts'
import type {
  ProvisionedDevice,
  Provisioning,
  ActedOn,
  Announcement,
  AnnouncedEvent,
  ApnsTokenKept,
  CameraNotification,
  CameraNotificationPage,
  ClearedCount,
  Camera,
  CameraInput,
  CameraPatch,
  ChangedUser,
  Claim,
  ClaimedCamera,
  Credentials,
  Device,
  Event,
  Feedback,
  NewAccount,
  NotificationAction,
  NotificationSettings,
  NotificationSettingsPatch,
  PasswordResetConfirmation,
  PasswordResetRequest,
  PairingCode,
  PairingCodeInput,
  PresignedUpload,
  PresignRequest,
  NewPushTarget,
  PushKey,
  PushOutcome,
  PushTarget,
  PushTargetInput,
  Registration,
  Rule,
  RuleInput,
  RulePatch,
  SeenCount,
  Session,
  SessionInput,
  StartedSession,
  TokenPair,
  Trial,
  TrialInput,
  User,
  UserInput,
  UserPatch,
  Verdict,
} from './types.ts'

export type ClientOptions = RequestOptions & SessionOptions
/** The part of a list that is older than `cursor` and newer than `since`. */
export type NotificationOptions = { cursor?: string; since?: string }
export type Client = ReturnType<typeof createClient>
/** The service judges for up to 25 seconds, then answers with the results so far. */
const TRIAL_IN_MS = 40_000
export type ImageType = NonNullable<PresignRequest['content-type']>

/**
 * Makes a client. It renews the access token by itself: before it expires, and once if one is refused. Calls that are
 * safe to repeat are tried three times if the network or the service fails. Every method throws ScoutError for a refusal,
 * and UnreachableError if there is no answer.
 */
export function createClient(options: ClientOptions) {
  const { now = Date.now, isOwnPage = false } = options
  const { call, upload } = createRequests(options)
  const { ask, keep, refreshToken, current } = createSession(call, options)

  const read = async <T>(method: string, path: string, sent?: object, options?: CallOptions): Promise<T> =>
    (await ask<T>(method, path, sent, options)).body
  const remove = async (path: string): Promise<void> => void (await ask('DELETE', path))

  const eachSession = (options?: ListOptions) => each<Session>(ask, '/v1/auth/sessions/', options)
  const eachUser = (options?: ListOptions) => each<User>(ask, '/v1/users/', options)
  const eachCamera = (options?: CameraListOptions) => each<Camera>(ask, '/v1/cameras/', options)
  const eachRule = (camera: string, options?: ListOptions) => each<Rule>(ask, rulesAt(camera), options)

  const eachEvent = (options?: EventListOptions) => each<Event>(ask, '/v1/events/', options)
  const eachPushTarget = (options?: ListOptions) => each<PushTarget>(ask, '/v1/push/targets/', options)

  const eachNotification = (options?: NotificationListOptions) =>
    each<CameraNotification>(ask, '/v1/notifications/', options)

  async function open<T extends TokenPair | StartedSession>(path: string, sent: object): Promise<T> {
    const { body } = await call<T>('POST', path, sent)
    keep(tokensIn(body))
    return body
  }

  async function changeUser(method: 'PUT' | 'PATCH', id: string, change: UserPatch) {
    const before = current()
    const user = await read<ChangedUser>(method, userAt(id), change)
    const now = current()
    // A session continues with its own secret; who has signed out meanwhile stays signed out.
    if (user.access && before && now && keyOf(now) === keyOf(before))
      keep({ ...now, access: user.access, ...(user.refresh && { refresh: user.refresh }) })
    return user
  }

  const presignUpload = (type: ImageType = 'image/jpeg') =>
    read<PresignedUpload>('POST', '/v1/uploads/presign', { 'content-type': type })

  return {
    /** The session, or null. */
    get tokens() {
      return current()
    },
    /** Creates an account and signs in. */
    register: (registration: Registration) => open<NewAccount>('/v1/auth/register/', registration),
    signIn: (credentials: Credentials) => open<TokenPair>('/v1/auth/token/', credentials),
    refreshToken,
    /** Like `signIn`, for a phone or a program that stays signed in for 90 days after its last use. */
    startSession: (session: SessionInput) =>
      open<StartedSession>(isOwnPage ? '/app/session' : '/v1/auth/sessions/', session),
    refreshSession: refreshToken,
    listSessions: (options?: ListOptions) => whole(eachSession(options)),
    eachSession,
    /** Ends a session at once. If it is this one, its tokens are dropped too. */
    endSession: async (id: string) => {
      await remove(`/v1/auth/sessions/${segment(id)}/`)
      if (current()?.public_session_id === id) keep(null)
    },
    /** Ends the session of the service's own page and deletes its cookie. */
    endOwnSession: async () => {
      await call('DELETE', '/app/session')
      keep(null)
    },
    /** Drops the tokens. They stay valid at the service until they expire, a session until it is ended. */
    signOut: () => keep(null),
    requestPasswordReset: async (request: PasswordResetRequest) =>
      void (await call('POST', '/v1/auth/password_reset/', request)),
    /** Sets a new password with the token of an email, and signs in. */
    confirmPasswordReset: (confirmation: PasswordResetConfirmation) =>
      open<TokenPair>('/v1/auth/password_reset/confirm/', confirmation),

    listUsers: (options?: ListOptions) => whole(eachUser(options)),
    /** Like `listUsers`, for `for await`: requests each page when the one before is consumed, as all `each…` methods do. */
    eachUser,
    getUser: (id: string) => read<User>('GET', userAt(id)),
    /** A new password needs `current_password`. It ends all other sessions; this one continues. */
    replaceUser: (id: string, user: UserInput) => changeUser('PUT', id, user),
    updateUser: (id: string, change: UserPatch) => changeUser('PATCH', id, change),
    /** Deletes the account with its cameras and rules, and drops the tokens. */
    deleteUser: async (id: string) => {
      await remove(userAt(id))
      keep(null)
    },

    /** Lists your cameras, or with `all` everyone's. */
    listCameras: (options?: CameraListOptions) => whole(eachCamera(options)),
    eachCamera,
    createCamera: (camera: CameraInput) => read<Camera>('POST', '/v1/cameras/', camera),
    getCamera: (id: string) => read<Camera>('GET', cameraAt(id)),
    replaceCamera: (id: string, camera: CameraInput) => read<Camera>('PUT', cameraAt(id), camera),
    updateCamera: (id: string, change: CameraPatch) => read<Camera>('PATCH', cameraAt(id), change),
    deleteCamera: (id: string) => remove(cameraAt(id)),

    /** Provisions a camera by its serial number, for staff. The claim token is returned only once. */
    provisionDevice: (camera: Provisioning) =>
      read<ProvisionedDevice>('POST', '/v1/cameras/provision/', camera),
    /** Claims the camera of a sticker. Safe to repeat: the same owner gets the same answer. */
    claimDevice: (claim: Claim) => read<ClaimedCamera>('POST', '/v1/cameras/claim/', claim),
    /** Creates a code to type into a camera that you built. */
    createPairingCode: (input: PairingCodeInput) =>
      read<PairingCode>('POST', '/v1/cameras/pairing_codes/', input),
    /** The device that is paired with a camera. */
    getDevice: (camera: string) => read<Device>('GET', deviceAt(camera)),
    revokeDevice: (camera: string) => remove(deviceAt(camera)),

    listRules: (camera: string, options?: ListOptions) => whole(eachRule(camera, options)),
    eachRule,
    createRule: (camera: string, rule: RuleInput) => read<Rule>('POST', rulesAt(camera), rule),
    getRule: (camera: string, id: string) => read<Rule>('GET', ruleAt(camera, id)),
    replaceRule: (camera: string, id: string, rule: RuleInput) => read<Rule>('PUT', ruleAt(camera, id), rule),
    updateRule: (camera: string, id: string, change: RulePatch) =>
      read<Rule>('PATCH', ruleAt(camera, id), change),
    deleteRule: (camera: string, id: string) => remove(ruleAt(camera, id)),
    /** How a rule is read, and its verdicts on the camera's newest pictures. The rule need not exist, and nobody is notified. */
    tryRule: (camera: string, trial: TrialInput) =>
      read<Trial>('POST', `${rulesAt(camera)}try/`, trial, { limitInMs: TRIAL_IN_MS }),

    /** Ten notifications of a camera, newest first; the answer's `next` is the `cursor` of the older ones. */
    listCameraNotifications: (camera: string, { cursor, since }: NotificationOptions = {}) => {
      const query = [cursor && `cursor=${segment(cursor)}`, since && `since=${segment(since)}`].filter(
        Boolean,
      )
      return read<CameraNotificationPage>(
        'GET',
        `${notificationsAt(camera)}${query.length > 0 ? `?${query.join('&')}` : ''}`,
      )
    },
    getCameraNotification: (camera: string, id: string) =>
      read<CameraNotification>('GET', `${notificationsAt(camera)}${segment(id)}/`),
    clearCameraNotifications: (camera: string, ids: string[]) =>
      read<ClearedCount>('POST', `${notificationsAt(camera)}clear/`, { public_notification_ids: ids }),
    /** The notifications of all your cameras, newest first. If there may be many, use `eachNotification`. */
    listNotifications: (options?: NotificationListOptions) => whole(eachNotification(options)),
    eachNotification,
    getNotification: (id: string) => read<CameraNotification>('GET', `/v1/notifications/${segment(id)}/`),
    markNotificationsSeen: (ids: string[]) =>
      read<SeenCount>('POST', '/v1/notifications/seen/', { public_notification_ids: ids }),
    clearNotifications: (ids: string[]) =>
      read<ClearedCount>('POST', '/v1/notifications/clear/', { public_notification_ids: ids }),
    /** Runs the action of a notification's button. */
    actOnNotification: (id: string, action: NotificationAction['action']) =>
      read<ActedOn>('POST', `/v1/notifications/${segment(id)}/actions/`, { action }),
    getNotificationSettings: () => read<NotificationSettings>('GET', '/v1/notification_settings/'),
    updateNotificationSettings: (change: NotificationSettingsPatch) =>
      read<NotificationSettings>('PATCH', '/v1/notification_settings/', change),
    /** Registers an iPhone by its token of Apple's push service. */
    registerApnsToken: (token: string) =>
      read<ApnsTokenKept>('POST', '/v1/users/apns_token/', { apns_device_id: token }),

    /** The key for a browser's push subscription. */
    getPushKey: () => read<PushKey>('GET', '/v1/push/key/'),
    /** Your push targets. */
    listPushTargets: (options?: ListOptions) => whole(eachPushTarget(options)),
    eachPushTarget,
    /** Registers a push target. Only the first answer contains a webhook's secret. */
    registerPushTarget: (target: PushTargetInput) => read<NewPushTarget>('POST', '/v1/push/targets/', target),
    removePushTarget: (id: string) => remove(`/v1/push/targets/${segment(id)}/`),
    /** Sends a test to a target and returns the outcome. */
    testPushTarget: (id: string) => read<PushOutcome>('POST', `/v1/push/targets/${segment(id)}/test/`),

    /** Your events, newest first. If there may be many, use `eachEvent`. */
    listEvents: (options?: EventListOptions) => whole(eachEvent(options)),
    eachEvent,
    getEvent: (id: string) => read<Event>('GET', eventAt(id)),
    /** Announces an uploaded image and what is known of it. It is judged in any case. */
    announceEvent: (announcement: Announcement) => read<AnnouncedEvent>('POST', '/v1/events/', announcement),
    /** Sends feedback on a rule's verdict. */
    giveFeedback: (id: string, feedback: Feedback) =>
      read<Verdict>('POST', `${eventAt(id)}feedback/`, feedback),

    presignUpload,
    /** Uploads an image straight to storage, with retries while its URL is valid. Returns its key in the bucket. */
    uploadImage: async (bytes: Blob | ArrayBuffer | Uint8Array, type: ImageType = 'image/jpeg') => {
      const asked = now()
      const { url, key, expires_in } = await presignUpload(type)
      await upload(url, type, bytes, asked + expires_in * 1000)
      return { key }
    },
  }
}

/** The tokens in an answer that signs in. */
function tokensIn(answer: TokenPair | StartedSession): Tokens {
  const { access } = answer
  if ('refresh' in answer) return { access, refresh: answer.refresh }
  const { session, public_session_id } = answer
  // The service's own page gets no secret.
  return session ? { access, session, public_session_id } : { access, public_session_id }
}

const userAt = (id: string) => `/v1/user/${segment(id)}/`
const cameraAt = (id: string) => `/v1/cameras/${segment(id)}/`
const deviceAt = (camera: string) => `${cameraAt(camera)}device/`
const notificationsAt = (camera: string) => `${cameraAt(camera)}notifications/`
const eventAt = (id: string) => `/v1/events/${segment(id)}/`
const rulesAt = (camera: string) => `${cameraAt(camera)}rules/`
const ruleAt = (camera: string, id: string) => `${rulesAt(camera)}${segment(id)}/`

/** Encodes an id as one path segment, so that it cannot change the path. */
function segment(id: string) {
  if (/^\.{0,2}$/.test(id)) throw new TypeError(`not an id: '${id}'`)
  return encodeURIComponent(id)
}
