import { type Problem, problems } from '../problems.ts'

/** A refusal: its cause, what the client does about it, and its bodies by name. */
export type Entry = { cause: string; remedy: string; bodies: Record<string, Problem> }

const TOKEN_FAULTS = {
  Invalid: 'Token is invalid',
  Expired: 'Token is expired',
  WithoutExpiry: "Token has no 'exp' claim",
  WithoutId: 'Token has no id',
  WithoutType: 'Token has no type',
  OfWrongType: 'Token has wrong type',
} as const

/** One body for each fault of a token, named `prefix` and the fault. */
const ofTokens = <Prefix extends string>(prefix: Prefix, refuse: (words: string) => Problem) =>
  Object.fromEntries(
    Object.entries(TOKEN_FAULTS).map(([name, words]) => [`${prefix}${name}`, refuse(words)]),
  ) as Record<`${Prefix}${keyof typeof TOKEN_FAULTS}`, Problem>

/** An entry for each problem. A problem without an entry does not compile. */
export const errors = {
  invalid: {
    cause:
      'A field is missing, has the wrong type, is too long or is not allowed. The answer lists every fault of every field.',
    remedy: 'Show each message beside its field.',
    bodies: { InvalidFields: problems.invalid({ location: ['This field is required.'] }) },
  },
  malformed: {
    cause: 'The body does not parse as its `Content-Type`.',
    remedy: 'Send well-formed JSON in UTF-8.',
    bodies: {
      MalformedJson: problems.malformed('JSON', 'the body is not valid JSON.'),
      MalformedMultipart: problems.malformed('Multipart form', 'the boundary is missing or bad.'),
    },
  },
  notAnObject: {
    cause: 'The body is JSON, but not an object: a list, number, string, boolean or null.',
    remedy: 'Send an object.',
    bodies: {
      NotAnObject: problems.notAnObject('Invalid data. Expected a dictionary, but got list.'),
      NoData: problems.notAnObject('No data provided'),
    },
  },
  bodyCutShort: {
    cause: 'The connection closed before the whole body arrived.',
    remedy: 'Send the request again.',
    bodies: { BodyCutShort: problems.bodyCutShort() },
  },
  valueRefused: {
    cause: 'The database cannot store the value of a field, and no field rule caught it.',
    remedy: 'Send another value, and report the request id: we missed a rule.',
    bodies: { ValueRefused: problems.valueRefused() },
  },
  pairingCodeRefused: {
    cause:
      'The code is wrong, used by another camera, expired or replaced by newer codes. The answer does not say which.',
    remedy: 'Ask the owner of the camera to create a new code.',
    bodies: { PairingCodeRefused: problems.pairingCodeRefused() },
  },
  claimTokenRefused: {
    cause:
      'The claim token is wrong, or its camera is unknown, revoked or owned by another account. The answer does not say which.',
    remedy: 'Scan the sticker again. Only staff can print a new one.',
    bodies: { ClaimTokenRefused: problems.claimTokenRefused() },
  },
  alreadyRegistered: {
    cause: 'The camera has already registered, and its device token was used or is older than 10 minutes.',
    remedy: 'Use that token. If it is lost, staff can issue a new claim token.',
    bodies: { AlreadyRegistered: problems.alreadyRegistered() },
  },
  unsupportedUploadType: {
    cause: '`upload_type` is not one of the documented values.',
    remedy: 'Send one of them, or omit it for a detection.',
    bodies: { UnsupportedUploadType: problems.unsupportedUploadType() },
  },
  badDetectionKey: {
    cause: '`detection_key` of a clip is not the key of a detection of this camera.',
    remedy: 'Send the whole `key` that came with the URL of the detection, percent-encoded.',
    bodies: { BadDetectionKey: problems.badDetectionKey() },
  },
  badSince: {
    cause: '`since` is not the id of a notification.',
    remedy: 'Send the id of the newest notification that you have, or omit it.',
    bodies: { BadSince: problems.badSince() },
  },
  unsupportedContentType: {
    cause:
      'A user uploads JPEG or PNG. A camera uploads its detections and previews as JPEG and its clips as MP4. The comparison is case-sensitive.',
    remedy: 'Send `image/jpeg`, `image/png` or `video/mp4`, or omit it for `image/jpeg`.',
    bodies: { UnsupportedContentType: problems.unsupportedContentType() },
  },
  notAuthenticated: {
    cause: 'The `Authorization` header is missing, or its scheme is not `Bearer` (case-sensitive).',
    remedy: 'Send `Authorization: Bearer <access token>`.',
    bodies: { NotAuthenticated: problems.notAuthenticated() },
  },
  badAuthorizationHeader: {
    cause: '`Bearer` is followed by no word, or by more than one.',
    remedy: 'Send one token, without quotes or line breaks.',
    bodies: { BadAuthorizationHeader: problems.badAuthorizationHeader() },
  },
  accessTokenRefused: {
    cause:
      'The access token has expired, was issued before the password changed, belongs to a session that has ended, is a refresh token, or was not issued by this service.',
    remedy: 'Refresh it once and send the request again. If the refresh fails too, sign in.',
    bodies: ofTokens('Token', problems.accessTokenRefused),
  },
  deviceRefused: {
    cause:
      'The camera’s access token has expired, names a camera that was released or claimed since, is a user’s, or was not issued by this service. Or the camera is revoked, or its owner’s account is deactivated.',
    remedy:
      'Exchange the device token for a new access token and send the request again. If the camera is revoked, pair or register it again.',
    bodies: {
      ...ofTokens('Device', problems.deviceRefused),
      DeviceRevoked: problems.deviceRefused('Device has been revoked.'),
      DeviceOwnerInactive: problems.deviceRefused('User is inactive'),
    },
  },
  refreshTokenRefused: {
    cause:
      'The refresh token has expired, was issued before the password changed, is an access token, or was not issued by this service. For a session secret: the session has ended, or no session has this secret.',
    remedy: 'Sign in again.',
    bodies: ofTokens('RefreshToken', problems.refreshTokenRefused),
  },
  noUserIdentification: {
    cause: 'The token has no `user_id`.',
    remedy: 'Sign in again.',
    bodies: { NoUserIdentification: problems.noUserIdentification() },
  },
  userNotFound: {
    cause: 'The account has been deleted.',
    remedy: 'Delete the tokens and ask the person to sign in or register.',
    bodies: { UserNotFound: problems.userNotFound() },
  },
  userInactive: {
    cause: 'Staff have deactivated the account.',
    remedy: 'Delete the tokens. Only staff can reactivate the account.',
    bodies: { UserInactive: problems.userInactive() },
  },
  wrongCredentials: {
    cause: 'The password is wrong, or no active account has this email. The answer does not say which.',
    remedy: 'Ask the person to try again.',
    bodies: { WrongCredentials: problems.wrongCredentials() },
  },
  noActiveAccount: {
    cause: 'The account of the refresh token has been deleted or deactivated.',
    remedy: 'Delete the tokens and ask the person to sign in.',
    bodies: { NoActiveAccount: problems.noActiveAccount() },
  },
  provisioningKeyRefused: {
    cause: '`X-Provisioning-Key` is wrong, or this deployment has no provisioning key.',
    remedy: 'Ask the operator for the key, or sign in as staff.',
    bodies: { ProvisioningKeyRefused: problems.provisioningKeyRefused() },
  },
  actionTokenRefused: {
    cause: '`token` did not come with a push of this notification, or is more than a day old.',
    remedy: 'Open the app and act there.',
    bodies: { InvalidActionToken: problems.actionTokenRefused() },
  },
  storageSecretRefused: {
    cause: 'The `Authorization` header does not hold the storage secret.',
    remedy: 'Configure the same secret in the storage and in this service.',
    bodies: { InvalidStorageSecret: problems.storageSecretRefused() },
  },
  deviceTokenRefused: {
    cause:
      'The `Authorization` header is not `Device <device token>`, the token is unknown, the camera is revoked, or its owner’s account is deactivated.',
    remedy: 'Pair or register again. Deleting a self-built camera invalidates its token.',
    bodies: {
      NoDeviceCredentials: problems.deviceTokenRefused('Authentication credentials were not provided.'),
      NoDeviceToken: problems.deviceTokenRefused('No device token provided.'),
      MalformedDeviceToken: problems.deviceTokenRefused('Device token header is malformed.'),
      UnknownDeviceToken: problems.deviceTokenRefused('Invalid device token.'),
      DeviceTokenRevoked: problems.deviceTokenRefused('Device has been revoked.'),
      DeviceTokenOwnerInactive: problems.deviceTokenRefused('User is inactive'),
    },
  },
  notPermitted: {
    cause: 'The account is not staff, or lacks the permission.',
    remedy: 'Ask a superuser for the permission.',
    bodies: { NotPermitted: problems.notPermitted() },
  },
  notYourCamera: {
    cause: 'The camera does not exist or is not yours. The answer does not say which.',
    remedy: 'Fetch the list of cameras again.',
    bodies: { NotYourCamera: problems.notYourCamera() },
  },
  foreignOrigin: {
    cause:
      'The `Origin` of the request is not this service’s own. The routes under `/app/` serve its own pages, whose session is in a cookie.',
    remedy: 'Other clients call `startSession` and store the secret themselves.',
    bodies: { ForeignOrigin: problems.foreignOrigin() },
  },
  lastSuperuser: {
    cause: 'The account is the last active superuser, and the service needs one.',
    remedy: 'Make another account a superuser first.',
    bodies: { LastSuperuser: problems.lastSuperuser() },
  },
  alreadyProvisioned: {
    cause: 'A camera with this serial number already exists.',
    remedy: 'If its claim token is lost, staff can issue a new one.',
    bodies: { AlreadyProvisioned: problems.alreadyProvisioned() },
  },
  stillReferredTo: {
    cause:
      'The database was taken over from an older service, and one of its tables still refers to this account.',
    remedy: 'Ask the operator to remove those rows.',
    bodies: { StillReferredTo: problems.stillReferredTo() },
  },
  notFound: {
    cause: 'The path does not exist, or an id in it is not 8-4-4-4-12 hexadecimal digits.',
    remedy: 'Check the path and the id.',
    bodies: { NotFound: problems.notFound() },
  },
  noSuch: {
    cause: 'The object does not exist or is not yours. The answer does not say which.',
    remedy: 'Fetch the list again.',
    bodies: {
      NoSuchUser: problems.noSuch('User'),
      NoSuchCamera: problems.noSuch('Camera'),
      NoSuchRule: problems.noSuch('Rule'),
      NoSuchDevice: problems.noSuch('Device'),
      NoSuchNotification: problems.noSuch('Notification'),
      NoSuchSession: problems.noSuch('Session'),
      NoSuchPicture: problems.noSuch('Picture'),
      NoSuchEvent: problems.noSuch('Event'),
      NoSuchTarget: problems.noSuch('Target'),
    },
  },
  noSuchPage: {
    cause: 'The `cursor` does not come from a page of this list.',
    remedy: 'Start again at the first page.',
    bodies: { NoSuchPage: problems.noSuchPage() },
  },
  methodNotAllowed: {
    cause: 'The path does not support this method. `Allow` lists the methods that it supports.',
    remedy: 'Use one of them.',
    bodies: { MethodNotAllowed: problems.methodNotAllowed('PUT', 'GET, HEAD, POST, OPTIONS') },
  },
  bodyTooLarge: {
    cause: 'The body is larger than 64 KiB.',
    remedy: 'Do not send images here: presign an upload and PUT the image to its URL.',
    bodies: { BodyTooLarge: problems.bodyTooLarge(64 * 1024) },
  },
  unsupportedMediaType: {
    cause:
      'The `Content-Type` of the body is missing or not supported, or names a form in an unknown charset. The answer quotes it as sent.',
    remedy: 'Send `application/json`.',
    bodies: { UnsupportedMediaType: problems.unsupportedMediaType('text/plain') },
  },
  throttled: {
    cause: 'This address or account sent too many requests.',
    remedy: 'Wait the seconds in `Retry-After`, then retry.',
    bodies: { Throttled: problems.throttled(30) },
  },
  noStorageEvents: {
    cause: 'The operator has not set the secret with which the storage authenticates.',
    remedy: 'A client can do nothing. The operators’ documentation says how to set it.',
    bodies: { NoStorageEvents: problems.noStorageEvents() },
  },
  noJudge: {
    cause: 'The operator has not configured a judge, so no picture is judged.',
    remedy:
      'A client can do nothing, but rules can be saved. The operators’ documentation says how to configure one.',
    bodies: { NoJudge: problems.noJudge() },
  },
  noMail: {
    cause: 'The operator has not set up mail, so the service cannot send reset links.',
    remedy: 'Tell the person to ask the operator: staff can set a password.',
    bodies: { NoMail: problems.noMail() },
  },
  unavailable: {
    cause: 'The database timed out or refused the query, or the deployment is misconfigured.',
    remedy:
      'Wait the seconds in `Retry-After`, then retry. Repeat automatically only requests that are safe to repeat.',
    bodies: { Unavailable: problems.unavailable() },
  },
  unexpected: {
    cause: 'The service failed. Its logs hold the error under the `X-Request-Id` of the answer.',
    remedy: 'Retry later, and report the request id.',
    bodies: { ServerError: problems.unexpected() },
  },
} satisfies { [Name in keyof typeof problems]: Entry }

type KeysOf<T> = T extends T ? keyof T : never
/** The name of a refusal's body in the document. */
export type ErrorName = KeysOf<(typeof errors)[keyof typeof errors]['bodies']>

const bodies: Record<string, Problem> = Object.assign(
  {},
  ...Object.values(errors).map(({ bodies }) => bodies),
)

/** The refusal with this name: status, body and headers as the Worker sends them. */
export const refusal = (name: ErrorName): Problem => bodies[name]!

/** The names of all refusals. */
export const errorNames = Object.keys(bodies) as ErrorName[]
const namesOf = (...entries: Entry[]) => entries.flatMap(({ bodies }) => Object.keys(bodies)) as ErrorName[]

/** Refusals of every route under /v1/. */
export const ANY_ROUTE = namesOf(errors.throttled, errors.unavailable, errors.unexpected)
/** Refusals of `requireViewer` and of every statement that begins with the viewer. */
export const GUARDED = namesOf(
  errors.notAuthenticated,
  errors.badAuthorizationHeader,
  errors.accessTokenRefused,
  errors.noUserIdentification,
  errors.userNotFound,
  errors.userInactive,
)
/** Refusals of `requireDevice` and of every statement that begins with the device. */
export const OF_DEVICES = namesOf(
  errors.notAuthenticated,
  errors.badAuthorizationHeader,
  errors.deviceRefused,
)
/** Refusals of `requireProvisioner`. */
export const OF_PROVISIONERS = [...GUARDED, ...namesOf(errors.provisioningKeyRefused)]
/** Refusals of `requireActor` and of the route behind it. */
export const OF_ACTORS = [...GUARDED, ...namesOf(errors.actionTokenRefused)]
/** Refusals of `requireStorage`. */
export const OF_STORAGE = namesOf(errors.storageSecretRefused)
/** Refusals of the exchange of a device token. */
export const OF_DEVICE_TOKENS = namesOf(errors.deviceTokenRefused)
/** Refusals of reading a body. */
export const WITH_BODY = namesOf(
  errors.malformed,
  errors.notAnObject,
  errors.bodyCutShort,
  errors.valueRefused,
  errors.bodyTooLarge,
  errors.unsupportedMediaType,
)
/** Refusals of an id in the path. */
export const WITH_IDS = namesOf(errors.notFound)
/** Refusals of a refresh token. */
export const REFRESHING = namesOf(
  errors.refreshTokenRefused,
  errors.noUserIdentification,
  errors.noActiveAccount,
)

/** Refusals of a session secret. */
export const REFRESHING_A_SESSION: ErrorName[] = [
  'RefreshTokenInvalid',
  'RefreshTokenExpired',
  ...namesOf(errors.noActiveAccount),
]

/** The message for each fault of a field, and when it is sent. */
export const fieldErrors: [words: string, when: string][] = [
  ['This field is required.', 'missing'],
  ['This field may not be null.', 'null'],
  ['This field may not be blank.', 'blank after trimming'],
  ['Not a valid string.', 'a boolean, list or object instead of a string'],
  ['Ensure this field has no more than 100 characters.', 'too long, in code points, after trimming'],
  ['Ensure this field has at least 16 characters.', 'too short, in code points, after trimming'],
  ['Must be 32 bytes in base64url.', 'not a string of 43 base64url characters'],
  ['Null characters are not allowed.', 'contains U+0000'],
  [
    'Surrogate characters are not allowed: U+D800.',
    'contains half of a surrogate pair; the message names the first',
  ],
  ['Enter a valid email address.', 'not an email address'],
  ['A user with that email already exists.', 'the email is taken, in any letter case'],
  ['Must be a valid UUID.', 'not a public id, or a list in which one item is not'],
  ['Expected a list of items but got type "string".', 'not a list'],
  ['This list may not be empty.', 'an empty list'],
  ['Ensure this field has no more than 1000 elements.', 'a list that is too long'],
  [
    'A label has a name, a score from 0 to 1, and a box of four numbers from 0 to 1.',
    'a label of a camera that has another shape',
  ],
  ['Enter a valid value.', 'not only hexadecimal digits, or not the id of an app'],
  ['Expected a dictionary of items but got type "string".', 'not an object'],
  ['Enter the keys of a push subscription, p256dh and auth.', 'one of the keys is missing or not valid'],
  [
    'Enter the endpoint of a push subscription, at a push service that this service knows.',
    'an endpoint at an unknown host',
  ],
  [
    'Enter a public https address.',
    'not an address, not https, not a public host name, or the host of this service',
  ],
  [
    'Enter the public https address of a topic, like https://ntfy.sh/my-topic.',
    'the same, or an address without a topic',
  ],
  ['This service is not set up for it.', 'this deployment has no keys for this kind of push'],
  ['Ensure there are no more than 10 webhooks and topics.', 'the account already has 10'],
  ['Must be a valid boolean.', 'not a boolean, nor a word for one'],
  ['A valid integer is required.', 'not a whole number, nor its digits'],
  ['Ensure this value is less than or equal to 86400.', 'too large'],
  ['Ensure this value is greater than or equal to 0.', 'too small'],
  [
    '"Mars/Olympus" is not a valid choice.',
    'not one of the values, or not an IANA time zone; the message quotes the value',
  ],
  [
    'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
    'not a date and time, or without a time zone',
  ],
  [
    'Time has wrong format. Use one of these formats instead: hh:mm.',
    'not a time of day from 00:00 to 23:59',
  ],
  ['Quiet hours have a beginning and an end.', 'one of the two is missing or null, or both are equal'],
  ['This password is too short. It must contain at least 8 characters.', 'fewer than 8 code points'],
  ['This password is too common.', 'one of the 20,000 most common'],
  ['This password is entirely numeric.', 'digits only, of any script'],
  ['The password is too similar to the email address.', 'or to the `first name` or the `last name`'],
  [
    'Your old password was entered incorrectly. Please enter it again.',
    '`current_password` is not the current password',
  ],
  [
    'This link is not valid any more. Ask for a new one.',
    '`token` is not from a mail, was used, or is more than an hour old',
  ],
]
