import { access, accessToken, CREDENTIALS, TOKEN } from '../auth/openapi.ts'
import { REFRESHING_A_SESSION } from '../openapi/errors.ts'
import { type Operations, paging } from '../openapi/operation.ts'
import { answer, flag, input, publicId, secret, text, timestamp } from '../openapi/schema.ts'
import { type sessionJson, sessionInput, sessionSecret } from './json.ts'

const SECRET = 'scs_3q2-7wEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWc'
const ID = '019731a2-1234-7abc-8def-000000000005'
const NAME = 'Jane’s iPhone'

const publicSessionId = publicId('The id of the session in paths.')
const session = answer<ReturnType<typeof sessionJson>>(
  'Session',
  'A phone, program or browser that stays signed in.',
  {
    public_session_id: publicSessionId,
    name: text('The name that the client chose.'),
    created_at: timestamp('When the session began. It ends a year later.'),
    last_used_at: timestamp('When the session was last used, to the hour. It ends 90 days later.'),
    is_current: flag('Whether it is the session of this request.'),
  },
  {
    public_session_id: ID,
    name: NAME,
    created_at: '2026-04-28T12:00:00Z',
    last_used_at: '2026-05-01T08:30:00.120000Z',
    is_current: true,
  },
)

type Started = { access: string; public_session_id: string }
const startedSession = answer<Started & { session: string }>(
  'StartedSession',
  'A session that has just begun.',
  {
    access,
    session: secret('scs_', 'For new access tokens. Returned only here: store it like a password.'),
    public_session_id: publicSessionId,
  },
  { access: TOKEN, session: SECRET, public_session_id: ID },
)
const startedPageSession = answer<Started>(
  'StartedPageSession',
  'A session that has just begun; its secret is in the cookie.',
  { access, public_session_id: publicSessionId },
  { access: TOKEN, public_session_id: ID },
)

const newSession = input(
  'SessionInput',
  'The credentials, and a name for the session.',
  sessionInput,
  {
    email: 'The email of the account, in any letter case.',
    password: 'Its password.',
    name: 'A name by which the person recognizes this phone, program or browser.',
  },
  { ...CREDENTIALS, name: NAME },
)

export const sessionOperations: Operations = {
  'POST /v1/auth/sessions/': {
    operationId: 'startSession',
    summary: 'Sign in, and stay signed in',
    description:
      'Returns a secret for new access tokens. It expires 90 days after its last use, and after a year in any case. Failed attempts count together with those of `signIn`. Beyond 50 sessions, the one used longest ago ends.',
    body: newSession,
    answers: { 201: startedSession },
    refuses: ['WrongCredentials'],
    isPublic: true,
  },
  'POST /v1/auth/sessions/refresh/': {
    operationId: 'refreshSession',
    summary: 'Get a new access token for a session',
    description:
      'Needs the secret in the body, and no `Authorization` header. The secret stays the same, so a lost answer does no harm.',
    body: input(
      'SessionSecret',
      'The secret of a session.',
      sessionSecret,
      { session: 'The secret from `startSession`.' },
      { session: SECRET },
    ),
    answers: { 200: accessToken },
    refuses: REFRESHING_A_SESSION,
    isPublic: true,
  },
  'GET /v1/auth/sessions/': {
    operationId: 'listSessions',
    summary: 'List your sessions',
    description:
      'Your open sessions, the oldest first. Tokens from `signIn` and `register` are not sessions.',
    query: paging,
    answers: { 200: { listOf: session } },
  },
  'DELETE /v1/auth/sessions/{public_session_id}/': {
    operationId: 'endSession',
    summary: 'End a session',
    description:
      'The session gets no more access tokens or notifications, and its access tokens are refused at once. Only `presignUpload` accepts them until they expire, at most 5 minutes. A session may end itself.',
    answers: { 204: 'The session has ended.' },
    refuses: ['NoSuchSession'],
  },
}

const ofPages = 'For this service’s own pages, checked by `Origin`, and in JSON only.'

export const pageSessionOperations: Operations = {
  'POST /app/session': {
    operationId: 'startPageSession',
    summary: 'Sign a page in',
    description: `${ofPages} The secret of the session goes into a cookie that no script can read and that only these routes receive.`,
    body: newSession,
    answers: { 201: startedPageSession },
    refuses: ['WrongCredentials', 'ForeignOrigin'],
    isPublic: true,
  },
  'POST /app/session/refresh': {
    operationId: 'refreshPageSession',
    summary: 'Get a new access token for a page',
    description: `${ofPages} The cookie identifies the session and is renewed. The body is ignored, but its type is checked.`,
    answers: { 200: accessToken },
    refuses: ['NotAuthenticated', ...REFRESHING_A_SESSION, 'ForeignOrigin', 'UnsupportedMediaType'],
    isPublic: true,
  },
  'DELETE /app/session': {
    operationId: 'endPageSession',
    summary: 'Sign a page out',
    description: `${ofPages} Ends the session of the cookie, if there is one, and deletes the cookie.`,
    answers: { 204: 'Nobody is signed in.' },
    refuses: ['ForeignOrigin'],
    isPublic: true,
  },
}
