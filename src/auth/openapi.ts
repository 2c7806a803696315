import { REFRESHING } from '../openapi/errors.ts'
import type { Operations } from '../openapi/operation.ts'
import { answer, input, token } from '../openapi/schema.ts'
import { credentials, refreshing } from './json.ts'
import { MIN_LENGTH } from './password-rules.ts'

/** What a token looks like; signed with nobody's key. */
export const TOKEN = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjoiMSJ9.c2lnbmF0dXJl'
export const access = token('For the `Authorization` header, good for 5 minutes.')
export const refresh = token('For a new access token, good for a day.')

export type Tokens = { access: string; refresh: string }
export const tokenPair = answer<Tokens>(
  'TokenPair',
  'A session.',
  { access, refresh },
  { access: TOKEN, refresh: TOKEN },
)
export const accessToken = answer<{ access: string }>(
  'AccessToken',
  'A fresh token.',
  { access },
  { access: TOKEN },
)

export const CREDENTIALS = { email: 'jane.doe@example.com', password: 'securepassword123' }

/** A password that is about to be set. */
export const newPassword = (description: string) => ({
  description: `${description} At least ${MIN_LENGTH} characters after trimming, not only digits, not one of the 20,000 most common, not like the email or the names.`,
  minLength: MIN_LENGTH,
})

export const authOperations: Operations = {
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
      CREDENTIALS,
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
      { refresh: TOKEN },
    ),
    answers: { 200: accessToken },
    refuses: REFRESHING,
    isPublic: true,
  },
}
