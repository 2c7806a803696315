import * as z from 'zod/mini'
import { access, CREDENTIALS, newPassword, refresh, TOKEN, type Tokens } from '../auth/openapi.ts'
import { type Operations, paging } from '../openapi/operation.ts'
import { answer, input, patch, publicId, text, token } from '../openapi/schema.ts'
import { registration, userInput, type userJson } from './json.ts'

type User = ReturnType<typeof userJson>

const userFields = {
  first_name: text('The given name; may be blank.'),
  last_name: text('The family name; may be blank.'),
  email: text('The email in lower case, which is also the username.'),
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
  'An account after a change. If the password changed, it includes new tokens; a session needs only the access token.',
  {
    ...userFields,
    access: z.optional(token('A new access token, if the password changed.')),
    refresh: z.optional(
      token(
        'A new refresh token, if the password changed. A request with a session’s token gets none: the session goes on.',
      ),
    ),
  },
  janeDoe,
)

const { public_user_id } = janeDoe
type NewAccount = typeof janeDoe & Tokens & { user: { public_user_id: string; username: string } }
const newAccount = answer<NewAccount>(
  'NewAccount',
  'A new account, signed in.',
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
  'The fields of an account that its owner may change. A field that is not sent stays unchanged.',
  userInput,
  {
    first_name: 'The given name.',
    last_name: 'The family name.',
    email: 'The new email, which also becomes the username.',
    password: newPassword('The new password. Needs `current_password`.'),
    current_password: 'The current password; only together with `password`.',
  },
  { first_name: 'Jane', last_name: 'Miller', email: 'jane.miller@example.com' },
)
const somePatch = patch('UserPatch', change, { last_name: 'Miller' })

const changing = { answers: { 200: changedUser }, refuses: ['NoSuchUser' as const] }

export const registrationOperations: Operations = {
  'POST /v1/auth/register/': {
    operationId: 'register',
    summary: 'Create an account',
    description:
      'The answer includes tokens, so no call of `signIn` is needed. The email is trimmed and lower-cased, and must be unique in any letter case.',
    body: input(
      'Registration',
      'A new account.',
      registration,
      {
        first_name: 'The given name.',
        last_name: 'The family name.',
        email: 'The email of the person, with which they sign in.',
        password: newPassword('The password of the account.'),
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
      'Superusers and staff with permission to view users get every account. Everyone else gets a list of only their own.',
    query: paging,
    answers: { 200: { listOf: user } },
  },
  'GET /v1/user/{public_user_id}/': {
    operationId: 'getUser',
    summary: 'Read your account',
    description:
      'Returns only your own account. The account of anyone else is refused like one that does not exist, to staff too. `register` and `listUsers` return your `public_user_id`.',
    answers: { 200: user },
    refuses: ['NoSuchUser'],
  },
  'PUT /v1/user/{public_user_id}/': {
    operationId: 'replaceUser',
    summary: 'Change your account, the email required',
    description:
      'Needs the email. Every other field that is not sent stays unchanged. A new password ends every other session, and the answer includes new tokens.',
    body: change,
    ...changing,
  },
  'PATCH /v1/user/{public_user_id}/': {
    operationId: 'updateUser',
    summary: 'Change parts of your account',
    description:
      'Changes the fields that are sent, if any. A new password ends every other session, and the answer includes new tokens.',
    body: somePatch,
    ...changing,
  },
  'DELETE /v1/user/{public_user_id}/': {
    operationId: 'deleteUser',
    summary: 'Delete your account',
    description:
      'Also deletes its cameras, their rules and their uploads, for good. The last active superuser can’t be deleted.',
    answers: { 204: 'The account, its cameras and rules are deleted.' },
    refuses: ['NoSuchUser', 'LastSuperuser', 'StillReferredTo'],
  },
}
