import { CREDENTIALS, newPassword, tokenPair } from '../auth/openapi.ts'
import type { Operations } from '../openapi/operation.ts'
import { answer, input } from '../openapi/schema.ts'
import { resetConfirmation, resetRequest } from './json.ts'

export const resetOperations: Operations = {
  'POST /v1/auth/password_reset/': {
    operationId: 'requestPasswordReset',
    summary: 'Request a mail with a link to set a new password',
    description:
      'The answer and its timing are the same whether or not an account has this email, in any letter case. The link in the mail works once, for an hour. An account gets at most three mails an hour; a network may ask ten times in 15 minutes.',
    body: input(
      'PasswordResetRequest',
      'The account whose password is lost.',
      resetRequest,
      { email: 'The email of the account.' },
      { email: CREDENTIALS.email },
    ),
    answers: {
      202: answer<object>('Accepted', 'The request is accepted. The answer says nothing more.', {}, {}),
    },
    refuses: ['NoMail'],
    isPublic: true,
  },
  'POST /v1/auth/password_reset/confirm/': {
    operationId: 'confirmPasswordReset',
    summary: 'Set a new password with the token of a mail',
    description:
      'The token is the part of the link after the `#`. Signs in, and invalidates every earlier session and token. The refusal is the same for a used, an expired and an unknown token.',
    body: input(
      'PasswordResetConfirmation',
      'A token and the new password.',
      resetConfirmation,
      { token: 'The token of the mail.', password: newPassword('The new password.') },
      { token: '3q2-7wEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWc', password: CREDENTIALS.password },
    ),
    answers: { 200: tokenPair },
    isPublic: true,
  },
}
