import * as z from 'zod/mini'
import { access, CREDENTIALS, newPassword, refresh, TOKEN, type Tokens } from '../auth/openapi.ts'
import { type Operations, paging } from '../openapi/operation.ts'
import { answer, input, patch, publicId, text, token } from '../openapi/schema.ts'
import { registration, userInput, type userJson } from './json.ts'

type User = ReturnType<typeof userJson>

const userFields = {
  first_name: text('The given name; may be blank.'),
  last_name: text('The family name; may be blank.'),
  email: text('In lower case; the username too.'),
  public_user_id: publicId('The id of the account in paths.'),
}
const janeDoe: User = {
  first_name: 'Jane',
  last_name: 'Doe',
  email: CREDENTIALS.email,
  public_user_id: '019731a2-1234-7abc-8def-000000000001',
}
const user = answer<User>('User', 'An account.', userFields, janeDoe)

const changedUser = answer<User & { access?: string | undefined; refresh?: string | undefined }>(
  'ChangedUser',
  'An account after a change; with fresh tokens where the password changed, of which a session needs the access token alone.',
  {
    ...userFields,
    access: z.optional(token('Where the password changed: a fresh access token.')),
    refresh: z.optional(
      token(
        'Where the password changed: a fresh refresh token; none where the request came by a session, which goes on.',
      ),
    ),
  },
  janeDoe,
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
  { ...janeDoe, user: { public_user_id, username: janeDoe.email }, access: TOKEN, refresh: TOKEN },
)

const change = input(
  'UserInput',
  'What its owner may change of an account. What is not sent stays as it was.',
  userInput,
  {
    first_name: 'The given name.',
    last_name: 'The family name.',
    email: 'The new email, which becomes the username too.',
    password: newPassword('The new password. Needs `current_password`.'),
    current_password: 'The password until now, only together with `password`.',
  },
  { first_name: 'Jane', last_name: 'Miller', email: 'jane.miller@example.com' },
)
const somePatch = patch('UserPatch', change, { last_name: 'Miller' })

const changing = { answers: { 200: changedUser }, refuses: ['NoSuchUser' as const] }

export const registrationOperations: Operations = {
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
      { first_name: 'Jane', last_name: 'Doe', ...CREDENTIALS },
    ),
    answers: { 201: newAccount },
    isPublic: true,
  },
}

export const userOperations: Operations = {
  'GET /v1/users/': {
    operationId: 'listUsers',
    summary: 'List users',
    description:
      'Superusers, and staff who may view users, get every account; anyone else gets a list of exactly their own.',
    query: paging,
    answers: { 200: { listOf: user } },
  },
  'GET /v1/user/{public_user_id}/': {
    operationId: 'getUser',
    summary: 'Read your account',
    description:
      'Only your own: the account of anyone else is answered like one that does not exist, to staff too. `register` and `listUsers` tell its `public_user_id`.',
    answers: { 200: user },
    refuses: ['NoSuchUser'],
  },
  'PUT /v1/user/{public_user_id}/': {
    operationId: 'replaceUser',
    summary: 'Change your account, the email required',
    description:
      'Needs the email; what else is not sent stays as it was. A new password ends every session made before it, but the one that asks, and brings fresh tokens in the answer.',
    body: change,
    ...changing,
  },
  'PATCH /v1/user/{public_user_id}/': {
    operationId: 'updateUser',
    summary: 'Change parts of your account',
    description:
      'Changes what is sent, which may be nothing. A new password ends every session made before it, but the one that asks, and brings fresh tokens in the answer.',
    body: somePatch,
    ...changing,
  },
  'DELETE /v1/user/{public_user_id}/': {
    operationId: 'deleteUser',
    summary: 'Delete your account',
    description:
      'Its cameras, their rules and what they uploaded go with it, for good. The last active superuser can’t be deleted.',
    answers: { 204: 'The account, its cameras and rules are gone.' },
    refuses: ['NoSuchUser', 'LastSuperuser', 'StillReferredTo'],
  },
}
