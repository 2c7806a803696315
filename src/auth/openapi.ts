import { REFRESHING } from '../openapi/errors.ts'
import type { Operations } from '../openapi/operation.ts'
import { answer, input, token } from '../openapi/schema.ts'
import { credentials, refreshing } from './json.ts'
import { MIN_LENGTH } from './password-rules.ts'

/** An example of a token; its signature is made up. */
export const TOKEN = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjoiMSJ9.c2lnbmF0dXJl'
export const access = token('For the `Authorization` header; expires after 5 minutes.')
export const refresh = token('For new access tokens; expires after a day.')

export type Tokens = { access: string; refresh: string }
export const tokenPair = answer<Tokens>(
  'TokenPair',
  'The tokens of a sign-in.',
  { access, refresh },
  { access: TOKEN, refresh: TOKEN },
)
export const accessToken = answer<{ access: string }>(
  'AccessToken',
  'A new access token.',
  { access },
  { access: TOKEN },
)

export const CREDENTIALS = { email: 'jane.doe@example.com', password: 'securepassword123' }

/** The schema of a new password. */
export const newPassword = (description: string) => ({
  description: `${description} At least ${MIN_LENGTH} characters after trimming, not only digits, not one of the 20,000 most common, not similar to the email or the names.`,
  minLength: MIN_LENGTH,
})

export const authOperations: Operations = {
  'POST /v1/auth/token/': {
    operationId: 'signIn',
    summary: 'Sign in',
    description:
      'Returns tokens for an email, in any letter case, and its password. The refusal is the same for an unknown email, a wrong password and a deactivated account.',
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
    summary: 'Get a new access token',
    description:
      'Needs the refresh token in the body, and no `Authorization` header. The refresh token itself stays valid until it expires or the password changes.',
    body: input(
      'RefreshRequest',
      'A refresh token.',
      refreshing,
      { refresh: 'The refresh token of the sign-in.' },
      { refresh: TOKEN },
    ),
    answers: { 200: accessToken },
    refuses: REFRESHING,
    isPublic: true,
  },
}
