import { CREDENTIALS, newPassword, tokenPair } from '../auth/openapi.ts'
import type { Operations } from '../openapi/operation.ts'
import { answer, input } from '../openapi/schema.ts'
import { resetConfirmation, resetRequest } from './json.ts'

export const resetOperations: Operations = {
  'POST /v1/auth/password_reset/': {
    operationId: 'requestPasswordReset',
    summary: 'Ask for a mail to set a new password by',
    description:
      'Answers the same, in the same time, whether an account has this email, in any letter case, or not. The mail has a link that is good for an hour, once. An account gets three an hour; a network may ask ten times in 15 minutes.',
    body: input(
      'PasswordResetRequest',
      'Whose password is forgotten.',
      resetRequest,
      { email: 'The email of the account.' },
      { email: CREDENTIALS.email },
    ),
    answers: { 202: answer<object>('Accepted', 'That it is being done; nothing more is told.', {}, {}) },
    refuses: ['NoMail'],
    isPublic: true,
  },
  'POST /v1/auth/password_reset/confirm/': {
    operationId: 'confirmPasswordReset',
    summary: 'Set a new password by the token of a mail',
    description:
      'The token is what stands after the `#` of the link. Signs in, and ends every session and token from before; a token that was used, is over or is none gets one and the same refusal.',
    body: input(
      'PasswordResetConfirmation',
      'A token, and the password to set.',
      resetConfirmation,
      { token: 'The token of the mail.', password: newPassword('The new password.') },
      { token: '3q2-7wEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWc', password: CREDENTIALS.password },
    ),
    answers: { 200: tokenPair },
    isPublic: true,
  },
}
