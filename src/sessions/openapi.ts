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
  'Somebody who stays signed in, somewhere.',
  {
    public_session_id: publicSessionId,
    name: text('What it called itself.'),
    created_at: timestamp('When it began. A session ends a year later.'),
    last_used_at: timestamp('When it was used last, to the hour. A session ends 90 days later.'),
    is_current: flag('Whether it is the one that asks.'),
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
    session: secret('scs_', 'For fresh access tokens. It is told here only: keep it like a password.'),
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
  'Who signs in, and where.',
  sessionInput,
  {
    email: 'The email of the account, in any letter case.',
    password: 'Its password.',
    name: 'By what the person knows this phone, program or browser again.',
  },
  { ...CREDENTIALS, name: NAME },
)

export const sessionOperations: Operations = {
  'POST /v1/auth/sessions/': {
    operationId: 'startSession',
    summary: 'Sign in, and stay signed in',
    description:
      'Answers with a secret that brings access tokens for 90 days from its last use, and a year in all. Guesses are counted together with those at `signIn`. Of more than 50 sessions the one used longest ago ends.',
    body: newSession,
    answers: { 201: startedSession },
    refuses: ['WrongCredentials'],
    isPublic: true,
  },
  'POST /v1/auth/sessions/refresh/': {
    operationId: 'refreshSession',
    summary: 'Get a fresh access token for a session',
    description:
      'Needs the secret in the body, and no `Authorization` header. The secret stays the same, so that a lost answer does no harm.',
    body: input(
      'SessionSecret',
      'The secret of a session.',
      sessionSecret,
      { session: 'The secret, as `startSession` told it.' },
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
      'Those that are open, the oldest first. Tokens from `signIn` and `register` are none of them.',
    query: paging,
    answers: { 200: { listOf: session } },
  },
  'DELETE /v1/auth/sessions/{public_session_id}/': {
    operationId: 'endSession',
    summary: 'End a session',
    description:
      'It gets no more access tokens or notifications, and the ones it has are refused at once; `presignUpload` alone takes them until they are over, 5 minutes at most. The session that asks may end itself.',
    answers: { 204: 'The session has ended.' },
    refuses: ['NoSuchSession'],
  },
}

const ofPages = 'For this service’s own pages, by their `Origin`, and in JSON only:'

export const pageSessionOperations: Operations = {
  'POST /app/session': {
    operationId: 'startPageSession',
    summary: 'Sign a page in',
    description: `${ofPages} the secret of the session goes into a cookie that no script can read and that no other route gets.`,
    body: newSession,
    answers: { 201: startedPageSession },
    refuses: ['WrongCredentials', 'ForeignOrigin'],
    isPublic: true,
  },
  'POST /app/session/refresh': {
    operationId: 'refreshPageSession',
    summary: 'Get a fresh access token for a page',
    description: `${ofPages} the cookie says which session it is, and is renewed. A body is not looked at, its type is.`,
    answers: { 200: accessToken },
    refuses: ['NotAuthenticated', ...REFRESHING_A_SESSION, 'ForeignOrigin', 'UnsupportedMediaType'],
    isPublic: true,
  },
  'DELETE /app/session': {
    operationId: 'endPageSession',
    summary: 'Sign a page out',
    description: `${ofPages} ends the session that the cookie is of, where there is one, and takes the cookie away.`,
    answers: { 204: 'Nobody is signed in.' },
    refuses: ['ForeignOrigin'],
    isPublic: true,
  },
}
