import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** The faults of a request's fields, in Django REST Framework's shape. */
export type Faults = Record<string, string[]>

/** A refusal for the client: a status, the whole body, and headers. */
export class Problem extends Error {
  readonly status: ContentfulStatusCode
  readonly body: object
  readonly headers: Record<string, string>

  constructor(status: ContentfulStatusCode, body: object, headers: Record<string, string> = {}) {
    super(`answered ${status}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

const unauthenticated = (body: object) => new Problem(401, body, { 'WWW-Authenticate': 'Bearer realm="api"' })

/** Every refusal of the API. The messages are a contract with clients in the field. */
export const problems = {
  invalid: (faults: Faults) => new Problem(400, faults),
  notAnObject: (words: string) => new Problem(400, { non_field_errors: [words] }),
  malformed: (kind: 'JSON' | 'Multipart form', words: string) =>
    new Problem(400, { detail: `${kind} parse error - ${words}` }),
  bodyCutShort: () => new Problem(400, { detail: 'The request body ended early.' }),
  valueRefused: () => new Problem(400, { detail: 'The request holds a value that cannot be stored.' }),
  pairingCodeRefused: () => new Problem(400, { detail: 'The pairing code is wrong, used or expired.' }),
  claimTokenRefused: () => new Problem(400, { detail: 'Claim token does not match' }),
  alreadyRegistered: () => new Problem(400, { detail: 'Camera already registered' }),
  unsupportedUploadType: () => new Problem(400, { detail: 'Unsupported upload type' }),
  badDetectionKey: () => new Problem(400, { detail: 'Invalid detection key' }),
  badSince: () => new Problem(400, { detail: 'Invalid since parameter.' }),
  unsupportedContentType: () => new Problem(400, { detail: 'Unsupported content type' }),

  notAuthenticated: () => unauthenticated({ detail: 'Authentication credentials were not provided.' }),
  badAuthorizationHeader: () =>
    unauthenticated({
      detail: 'Authorization header must contain two space-delimited values',
      code: 'bad_authorization_header',
    }),
  accessTokenRefused: (words: string) =>
    unauthenticated({
      detail: 'Given token not valid for any token type',
      code: 'token_not_valid',
      messages: [{ token_class: 'AccessToken', token_type: 'access', message: words }],
    }),
  /** `message` is the text that the older service sent to cameras. */
  deviceRefused: (words: string) => unauthenticated({ detail: words, message: 'Invalid token' }),
  refreshTokenRefused: (words: string) => unauthenticated({ detail: words, code: 'token_not_valid' }),
  noUserIdentification: () =>
    unauthenticated({
      detail: 'Token contained no recognizable user identification',
      code: 'token_not_valid',
    }),
  userNotFound: () => unauthenticated({ detail: 'User not found', code: 'user_not_found' }),
  userInactive: () => unauthenticated({ detail: 'User is inactive', code: 'user_inactive' }),
  wrongCredentials: () => unauthenticated({ detail: 'No active account found with the given credentials' }),
  noActiveAccount: () => unauthenticated({ detail: 'No active account found for the given token.' }),

  actionTokenRefused: () => unauthenticated({ detail: 'Invalid action token.' }),
  storageSecretRefused: () => unauthenticated({ detail: 'Invalid storage secret.' }),
  provisioningKeyRefused: () => unauthenticated({ detail: 'Invalid provisioning key.' }),
  deviceTokenRefused: (words: string) =>
    new Problem(401, { detail: words }, { 'WWW-Authenticate': 'Device' }),

  notPermitted: () => new Problem(403, { detail: 'You do not have permission to perform this action.' }),
  notYourCamera: () => new Problem(403, { detail: 'Camera not found or does not belong to this user' }),
  foreignOrigin: () => new Problem(403, { detail: 'Only pages of this service may ask for this.' }),
  lastSuperuser: () => new Problem(403, { detail: 'The last active superuser cannot be deleted.' }),

  alreadyProvisioned: () => new Problem(409, { detail: 'Camera already provisioned' }),
  stillReferredTo: () =>
    new Problem(409, { detail: 'Other data that this service does not know still refers to it.' }),

  notFound: () => new Problem(404, { detail: 'Not found.' }),
  noSuchPage: () => new Problem(404, { detail: 'Invalid cursor' }),
  noSuch: (
    model:
      'User' | 'Camera' | 'Rule' | 'Device' | 'Notification' | 'Session' | 'Picture' | 'Event' | 'Target',
  ) => new Problem(404, { detail: `No ${model} matches the given query.` }),
  methodNotAllowed: (method: string, allow: string) =>
    new Problem(405, { detail: `Method "${method}" not allowed.` }, { Allow: allow }),
  bodyTooLarge: (bytes: number) => new Problem(413, { detail: `Request body exceeds ${bytes / 1024} KiB.` }),
  unsupportedMediaType: (type: string) =>
    new Problem(415, { detail: `Unsupported media type "${type}" in request.` }),

  throttled: (seconds: number) =>
    new Problem(
      429,
      {
        detail: `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`,
      },
      { 'Retry-After': String(seconds) },
    ),
  noStorageEvents: () => new Problem(503, { detail: 'This service is not set up to hear from its storage.' }),
  noJudge: () => new Problem(503, { detail: 'This service is not set up to judge pictures.' }),
  noMail: () => new Problem(503, { detail: 'This service is not set up to send mail.' }),
  unavailable: () =>
    new Problem(503, { detail: 'Service temporarily unavailable, try again later.' }, { 'Retry-After': '5' }),
  unexpected: () => new Problem(500, { detail: 'A server error occurred.' }),
}
