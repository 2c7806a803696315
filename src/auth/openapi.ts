import * as z from 'zod/mini'
import { REFRESHING } from '../openapi/errors.ts'
import type { Operations } from '../openapi/operation.ts'
import { answer, input, publicId, text, token } from '../openapi/schema.ts'
import { janeDoe, newPassword, userFields } from '../users/openapi.ts'
import { credentials, refreshing, registration } from './json.ts'

/** What a token looks like; signed with nobody's key. */
const EXAMPLE = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjoiMSJ9.c2lnbmF0dXJl'
const access = token('For the `Authorization` header, good for 5 minutes.')
const refresh = token('For a new access token, good for a day.')

type Tokens = { access: string; refresh: string }
const tokenPair = answer<Tokens>(
  'TokenPair',
  'A session.',
  { access, refresh },
  { access: EXAMPLE, refresh: EXAMPLE },
)
const accessToken = answer<{ access: string }>(
  'AccessToken',
  'A fresh token.',
  { access },
  { access: EXAMPLE },
)

const { public_user_id } = janeDoe
type NewAccount = typeof janeDoe & Tokens & { user: { public_user_id: string; username: string } }
const newAccount = answer<NewAccount>(
  'NewAccount',
  'An account that was just made, signed in.',
  {
    ...userFields,
    user: z.object({ public_user_id: publicId('The id of the account.'), username: text('The email.') }),
    access,
    refresh,
  },
  { ...janeDoe, user: { public_user_id, username: janeDoe.email }, access: EXAMPLE, refresh: EXAMPLE },
)

const PASSWORD = 'securepassword123'

export const authOperations: Operations = {
  'POST /v1/auth/register/': {
    operationId: 'register',
    summary: 'Make an account',
    description:
      'The answer holds a session, so that no call of `signIn` is needed. The email is trimmed and lower-cased, and no other account may have it in any letter case.',
    body: input(
      'Registration',
      'A new account.',
      registration,
      {
        first_name: 'The given name.',
        last_name: 'The family name.',
        email: 'Where the person is reached, and whom they sign in as.',
        password: newPassword('What the person will sign in with.'),
      },
      { first_name: 'Jane', last_name: 'Doe', email: janeDoe.email, password: PASSWORD },
    ),
    answers: { 201: newAccount },
    isPublic: true,
  },
  'POST /v1/auth/token/': {
    operationId: 'signIn',
    summary: 'Sign in',
    description:
      'Answers with a session for an email, in any letter case, and its password. An email that nobody has, a wrong password and a deactivated account are not told apart.',
    body: input(
      'Credentials',
      'An email, in any letter case, and its password.',
      credentials,
      { email: 'The email of the account.', password: 'Its password.' },
      { email: janeDoe.email, password: PASSWORD },
    ),
    answers: { 200: tokenPair },
    refuses: ['WrongCredentials'],
    isPublic: true,
  },
  'POST /v1/auth/token/refresh/': {
    operationId: 'refreshToken',
    summary: 'Get a fresh access token',
    description:
      'Needs the refresh token in the body, and no `Authorization` header. The refresh token itself stays good until it is over or the password changes.',
    body: input(
      'RefreshRequest',
      'A refresh token.',
      refreshing,
      { refresh: 'The refresh token of the session.' },
      { refresh: EXAMPLE },
    ),
    answers: { 200: accessToken },
    refuses: REFRESHING,
    isPublic: true,
  },
}
