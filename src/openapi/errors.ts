import { type Problem, problems } from '../problems.ts'

/** Why an answer is what it is, and what a client does about it; each of its bodies by a name. */
export type Entry = { cause: string; remedy: string; bodies: Record<string, Problem> }

const TOKEN_FAULTS = {
  Invalid: 'Token is invalid',
  Expired: 'Token is expired',
  WithoutExpiry: "Token has no 'exp' claim",
  WithoutId: 'Token has no id',
  WithoutType: 'Token has no type',
  OfWrongType: 'Token has wrong type',
} as const

/** Each fault of a token as a body, its name after `prefix`. */
const ofTokens = <Prefix extends string>(prefix: Prefix, refuse: (words: string) => Problem) =>
  Object.fromEntries(
    Object.entries(TOKEN_FAULTS).map(([name, words]) => [`${prefix}${name}`, refuse(words)]),
  ) as Record<`${Prefix}${keyof typeof TOKEN_FAULTS}`, Problem>

/** The whole catalogue, explained. A problem that is not here does not compile. */
export const errors = {
  invalid: {
    cause:
      'A field is missing, of the wrong type, too long or not allowed. All faults of all fields come at once.',
    remedy: 'Show the words beside their fields.',
    bodies: { InvalidFields: problems.invalid({ location: ['This field is required.'] }) },
  },
  malformed: {
    cause: 'The body cannot be read as what its `Content-Type` says.',
    remedy: 'Send well-formed JSON in UTF-8.',
    bodies: {
      MalformedJson: problems.malformed('JSON', 'the body is not valid JSON.'),
      MalformedMultipart: problems.malformed('Multipart form', 'the boundary is missing or bad.'),
    },
  },
  notAnObject: {
    cause: 'The body is JSON, but a list, a number, a text, a boolean or null.',
    remedy: 'Send an object.',
    bodies: {
      NotAnObject: problems.notAnObject('Invalid data. Expected a dictionary, but got list.'),
      NoData: problems.notAnObject('No data provided'),
    },
  },
  bodyCutShort: {
    cause: 'The connection ended before the body did.',
    remedy: 'Send the request again.',
    bodies: { BodyCutShort: problems.bodyCutShort() },
  },
  valueRefused: {
    cause: 'A field holds what the database cannot store, though no rule for fields names it.',
    remedy: 'Send another value, and tell us the request id: we missed a rule.',
    bodies: { ValueRefused: problems.valueRefused() },
  },
  pairingCodeRefused: {
    cause: 'The code is wrong, used by another, expired, or closed by newer ones: which of them is not told.',
    remedy: 'Let the owner of the camera make a new one.',
    bodies: { PairingCodeRefused: problems.pairingCodeRefused() },
  },
  claimTokenRefused: {
    cause:
      'The claim token is wrong, of a camera that nobody knows, of one that is another’s or of one that is revoked: which of them is not told.',
    remedy: 'Read the sticker again. Only staff can print a new one.',
    bodies: { ClaimTokenRefused: problems.claimTokenRefused() },
  },
  alreadyRegistered: {
    cause: 'The camera has registered, and its token was used or is older than 10 minutes.',
    remedy: 'Use that token. Where it is lost, staff can issue a new claim token.',
    bodies: { AlreadyRegistered: problems.alreadyRegistered() },
  },
  unsupportedUploadType: {
    cause: '`upload_type` is none of those described.',
    remedy: 'Send one of them, or leave it out for a detection.',
    bodies: { UnsupportedUploadType: problems.unsupportedUploadType() },
  },
  badDetectionKey: {
    cause: 'A clip names no detection of this camera.',
    remedy: 'Send the whole `key` that came with the URL of the detection, percent-encoded.',
    bodies: { BadDetectionKey: problems.badDetectionKey() },
  },
  badSince: {
    cause: '`since` is no id of a notification.',
    remedy: 'Send the id of the newest one that you know, or leave it out.',
    bodies: { BadSince: problems.badSince() },
  },
  unsupportedContentType: {
    cause:
      'Images of a user are JPEG or PNG, a camera’s detections and previews JPEG and its clips MP4; the value is compared as it stands, in this letter case.',
    remedy: 'Send `image/jpeg`, `image/png` or `video/mp4`, or leave it out for `image/jpeg`.',
    bodies: { UnsupportedContentType: problems.unsupportedContentType() },
  },
  notAuthenticated: {
    cause: 'There is no `Authorization` header, or its scheme is not `Bearer` (in this letter case).',
    remedy: 'Send `Authorization: Bearer <access token>`.',
    bodies: { NotAuthenticated: problems.notAuthenticated() },
  },
  badAuthorizationHeader: {
    cause: '`Bearer` is not followed by exactly one word.',
    remedy: 'Send one token, without quotes or line breaks.',
    bodies: { BadAuthorizationHeader: problems.badAuthorizationHeader() },
  },
  accessTokenRefused: {
    cause:
      'The access token is over, was made before the password changed, is of a session that has ended, is a refresh token, or is none of ours.',
    remedy: 'Refresh it once and send the request again; where that fails too, sign in.',
    bodies: ofTokens('Token', problems.accessTokenRefused),
  },
  deviceRefused: {
    cause:
      'The access token of a camera is over, names a camera that was released or claimed since, is a user’s, or is none of ours; the camera has been revoked, or its owner’s account deactivated.',
    remedy:
      'Trade the device token for a fresh one and send the request again. Revoked: pair or register anew.',
    bodies: {
      ...ofTokens('Device', problems.deviceRefused),
      DeviceRevoked: problems.deviceRefused('Device has been revoked.'),
      DeviceOwnerInactive: problems.deviceRefused('User is inactive'),
    },
  },
  refreshTokenRefused: {
    cause:
      'The refresh token is over, was made before the password changed, is an access token, or is none of ours. Of a session’s secret: the session has ended, or it is none.',
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
    remedy: 'Forget the tokens and let the person sign in or register.',
    bodies: { UserNotFound: problems.userNotFound() },
  },
  userInactive: {
    cause: 'Staff have deactivated the account.',
    remedy: 'Forget the tokens. Only staff can help.',
    bodies: { UserInactive: problems.userInactive() },
  },
  wrongCredentials: {
    cause: 'The password is wrong, or no active account has this email: which of them is not told.',
    remedy: 'Let the person try again.',
    bodies: { WrongCredentials: problems.wrongCredentials() },
  },
  noActiveAccount: {
    cause: 'The account behind the refresh token has been deleted or deactivated.',
    remedy: 'Forget the tokens and let the person sign in.',
    bodies: { NoActiveAccount: problems.noActiveAccount() },
  },
  provisioningKeyRefused: {
    cause: '`X-Provisioning-Key` is not the deployment’s, or it has none.',
    remedy: 'Ask whoever runs the service for the key, or sign in as staff.',
    bodies: { ProvisioningKeyRefused: problems.provisioningKeyRefused() },
  },
  actionTokenRefused: {
    cause: '`token` is none that came with a push of this notification, or is over a day old.',
    remedy: 'Open the app, and do it there.',
    bodies: { InvalidActionToken: problems.actionTokenRefused() },
  },
  storageSecretRefused: {
    cause: 'The `Authorization` header does not hold the secret that the storage was given.',
    remedy: 'Set the same secret on both sides.',
    bodies: { InvalidStorageSecret: problems.storageSecretRefused() },
  },
  deviceTokenRefused: {
    cause:
      'The `Authorization` header is not `Device <device token>`, the token is nobody’s, the camera has been revoked, or its owner’s account deactivated.',
    remedy: 'Pair or register anew; a camera that somebody built ends with its deletion.',
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
    cause: 'The account is no staff’s, or its permissions do not hold this.',
    remedy: 'Ask a superuser for the permission.',
    bodies: { NotPermitted: problems.notPermitted() },
  },
  notYourCamera: {
    cause: 'The camera does not exist or is not yours: which of them is not told.',
    remedy: 'Read the list of cameras again.',
    bodies: { NotYourCamera: problems.notYourCamera() },
  },
  foreignOrigin: {
    cause:
      'The `Origin` of the request is not this service’s own: the routes under `/app/` are for its own pages, and the session is in a cookie of theirs.',
    remedy: 'Elsewhere use `startSession`, and keep the secret yourself.',
    bodies: { ForeignOrigin: problems.foreignOrigin() },
  },
  lastSuperuser: {
    cause: 'Somebody must be able to administer the service.',
    remedy: 'Make another account a superuser first.',
    bodies: { LastSuperuser: problems.lastSuperuser() },
  },
  alreadyProvisioned: {
    cause: 'There is a camera with this serial number already.',
    remedy: 'Where its claim token is lost, staff can issue a new one.',
    bodies: { AlreadyProvisioned: problems.alreadyProvisioned() },
  },
  stillReferredTo: {
    cause: 'The database was taken over, and a table of the old service still holds rows of this account.',
    remedy: 'Ask whoever runs the service to remove them.',
    bodies: { StillReferredTo: problems.stillReferredTo() },
  },
  notFound: {
    cause: 'There is no such path, or an id in it is not 8-4-4-4-12 hexadecimal digits.',
    remedy: 'Check the path and the id.',
    bodies: { NotFound: problems.notFound() },
  },
  noSuch: {
    cause: 'It does not exist or is not yours: which of them is not told.',
    remedy: 'Read the list again.',
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
    cause: 'The `cursor` is none that a page of this list gave.',
    remedy: 'Begin at the first page.',
    bodies: { NoSuchPage: problems.noSuchPage() },
  },
  methodNotAllowed: {
    cause: 'The path exists, but not with this method; `Allow` lists those it has.',
    remedy: 'Use one of them.',
    bodies: { MethodNotAllowed: problems.methodNotAllowed('PUT', 'GET, HEAD, POST, OPTIONS') },
  },
  bodyTooLarge: {
    cause: 'The body is over 64 KiB.',
    remedy: 'Images do not go here: presign an upload and PUT them to its URL.',
    bodies: { BodyTooLarge: problems.bodyTooLarge(64 * 1024) },
  },
  unsupportedMediaType: {
    cause:
      'The `Content-Type` of the body is missing, one that is not read here, or of a form in a charset that is not known; it is quoted as sent.',
    remedy: 'Send `application/json`.',
    bodies: { UnsupportedMediaType: problems.unsupportedMediaType('text/plain') },
  },
  throttled: {
    cause: 'Too many requests from this address or account.',
    remedy: 'Wait for the seconds in `Retry-After`, then try again.',
    bodies: { Throttled: problems.throttled(30) },
  },
  noStorageEvents: {
    cause: 'Whoever runs this service has not set the secret by which it knows its storage.',
    remedy: 'None: the operators’ documentation says how.',
    bodies: { NoStorageEvents: problems.noStorageEvents() },
  },
  noJudge: {
    cause: 'Whoever runs this service has not set who looks at pictures, so none is judged.',
    remedy: 'None: the operators’ documentation says how. Rules can be saved all the same.',
    bodies: { NoJudge: problems.noJudge() },
  },
  noMail: {
    cause: 'Whoever runs this service has not set up mail, so nobody gets a new password by it.',
    remedy: 'Let the person ask them: staff can set a password.',
    bodies: { NoMail: problems.noMail() },
  },
  unavailable: {
    cause: 'The database does not answer in time, or will not now; or the deployment is not set up right.',
    remedy: 'Wait for the seconds in `Retry-After`, then try again: at once only what is safe to repeat.',
    bodies: { Unavailable: problems.unavailable() },
  },
  unexpected: {
    cause: 'A fault of ours; it is in our logs under the answer’s `X-Request-Id`.',
    remedy: 'Try again later, and tell us the request id.',
    bodies: { ServerError: problems.unexpected() },
  },
} satisfies { [Name in keyof typeof problems]: Entry }

type KeysOf<T> = T extends T ? keyof T : never
/** A refusal's body, by its name in the document. */
export type ErrorName = KeysOf<(typeof errors)[keyof typeof errors]['bodies']>

const bodies: Record<string, Problem> = Object.assign(
  {},
  ...Object.values(errors).map(({ bodies }) => bodies),
)

/** The refusal with this name: status, body and headers as the Worker makes them. */
export const refusal = (name: ErrorName): Problem => bodies[name]!

/** Every name there is. */
export const errorNames = Object.keys(bodies) as ErrorName[]
const namesOf = (...entries: Entry[]) => entries.flatMap(({ bodies }) => Object.keys(bodies)) as ErrorName[]

/** What any route under /v1/ may answer. */
export const ANY_ROUTE = namesOf(errors.throttled, errors.unavailable, errors.unexpected)
/** What `requireViewer` refuses, and every statement that begins with the viewer. */
export const GUARDED = namesOf(
  errors.notAuthenticated,
  errors.badAuthorizationHeader,
  errors.accessTokenRefused,
  errors.noUserIdentification,
  errors.userNotFound,
  errors.userInactive,
)
/** What `requireDevice` refuses, and every statement that begins with the device. */
export const OF_DEVICES = namesOf(
  errors.notAuthenticated,
  errors.badAuthorizationHeader,
  errors.deviceRefused,
)
/** What `requireProvisioner` refuses. */
export const OF_PROVISIONERS = [...GUARDED, ...namesOf(errors.provisioningKeyRefused)]
/** What `requireActor` refuses, and the route behind it. */
export const OF_ACTORS = [...GUARDED, ...namesOf(errors.actionTokenRefused)]
/** What `requireStorage` refuses. */
export const OF_STORAGE = namesOf(errors.storageSecretRefused)
/** What the exchange of a device token refuses. */
export const OF_DEVICE_TOKENS = namesOf(errors.deviceTokenRefused)
/** What reading a body refuses. */
export const WITH_BODY = namesOf(
  errors.malformed,
  errors.notAnObject,
  errors.bodyCutShort,
  errors.valueRefused,
  errors.bodyTooLarge,
  errors.unsupportedMediaType,
)
/** What an id in the path brings. */
export const WITH_IDS = namesOf(errors.notFound)
/** What a refresh token brings. */
export const REFRESHING = namesOf(
  errors.refreshTokenRefused,
  errors.noUserIdentification,
  errors.noActiveAccount,
)

/** What the secret of a session brings. */
export const REFRESHING_A_SESSION: ErrorName[] = [
  'RefreshTokenInvalid',
  'RefreshTokenExpired',
  ...namesOf(errors.noActiveAccount),
]

/** The words for a field's faults, and when they are said. */
export const fieldErrors: [words: string, when: string][] = [
  ['This field is required.', 'missing'],
  ['This field may not be null.', 'null'],
  ['This field may not be blank.', 'blank after trimming'],
  ['Not a valid string.', 'a boolean, list or object for a text'],
  ['Ensure this field has no more than 100 characters.', 'too long, in code points, after trimming'],
  ['Ensure this field has at least 16 characters.', 'too short, in code points, after trimming'],
  ['Must be 32 bytes in base64url.', 'no text of 43 such characters'],
  ['Null characters are not allowed.', 'holds U+0000'],
  ['Surrogate characters are not allowed: U+D800.', 'holds half of a surrogate pair; the first one is named'],
  ['Enter a valid email address.', 'not an email address'],
  ['A user with that email already exists.', 'the email is taken, in any letter case'],
  ['Must be a valid UUID.', 'no public id, or not all of a list are'],
  ['Expected a list of items but got type "string".', 'no list'],
  ['This list may not be empty.', 'a list of nothing'],
  ['Ensure this field has no more than 1000 elements.', 'too long a list'],
  [
    'A label has a name, a score from 0 to 1, and a box of four numbers from 0 to 1.',
    'what a camera found is not so',
  ],
  ['Enter a valid value.', 'not hexadecimal digits alone, or no id of an app'],
  ['Expected a dictionary of items but got type "string".', 'no object'],
  ['Enter the keys of a push subscription, p256dh and auth.', 'one of them is missing or is none'],
  [
    'Enter the endpoint of a push subscription, at a push service that this service knows.',
    'an address elsewhere',
  ],
  ['Enter a public https address.', 'an address that is none, not https, of no public name or our own'],
  [
    'Enter the public https address of a topic, like https://ntfy.sh/my-topic.',
    'the same, or the address of no topic',
  ],
  ['This service is not set up for it.', 'a kind of push that this deployment has no keys for'],
  ['Ensure there are no more than 10 webhooks and topics.', 'too many of them'],
  ['Must be a valid boolean.', 'neither a boolean nor a word for one'],
  ['A valid integer is required.', 'no whole number, nor its digits'],
  ['Ensure this value is less than or equal to 86400.', 'too large'],
  ['Ensure this value is greater than or equal to 0.', 'too small'],
  [
    '"Mars/Olympus" is not a valid choice.',
    'none of the words for it, or no time zone of the IANA’s; what was sent is quoted',
  ],
  [
    'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
    'no point in time, or its time zone is missing',
  ],
  ['Time has wrong format. Use one of these formats instead: hh:mm.', 'no time of day from 00:00 to 23:59'],
  ['Quiet hours have a beginning and an end.', 'one of them is missing, null or the same as the other'],
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
    '`token` is none of a mail, was used, or is over an hour old',
  ],
]
