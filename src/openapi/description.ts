import { type Entry, errors, fieldErrors } from './errors.ts'

const STATUS_WORDS: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Content too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  500: 'Server error',
  503: 'Unavailable',
}
const byStatus = Map.groupBy<number, Entry>(
  Object.values(errors),
  ({ bodies }) => Object.values(bodies)[0]!.status,
)

/** The page before the operations: how to begin, and every refusal with its cause and remedy. */
export const description = `
The cameras, phones and people of the Scout notification camera. A camera detects motion, asks for a URL here and uploads
its image straight to storage. A person writes rules that say when to alert.

# How to begin

1. Call \`register\` or \`signIn\`. Both return an access token (5 minutes) and a refresh token (a day). A phone or program
   that stays signed in calls \`startSession\` instead and stores its \`session\`.
2. Send \`Authorization: Bearer <access token>\` with every other request.
3. Before the access token expires, or on the first 401, get a new one: send the refresh token to \`refreshToken\`, or the
   session secret to \`refreshSession\`.
4. To upload an image, call \`presignUpload\`, then PUT the bytes to its \`url\` with the same \`Content-Type\`.

# Conventions

- **Paths** work with and without a trailing slash. A path that supports GET supports HEAD; OPTIONS lists its methods.
- **Bodies** are JSON objects. Forms (\`application/x-www-form-urlencoded\`, \`multipart/form-data\`) with the same fields work
  too, parsed as Django does, in UTF-8 or the \`charset\` of their type. Undocumented fields are ignored. A body has at most
  64 KiB.
- **PUT** needs the required fields and leaves every field that is not sent unchanged. **PATCH** needs none.
- **Ids** in paths are public ids: UUIDs in either letter case. An object that is not yours is refused like one that does
  not exist.
- **Times** are RFC 3339 in UTC with \`Z\`, with six digits of microseconds, or without a fraction if it is zero.
- **Lists** are arrays in the order of their \`id\`s; events and notifications come newest first. A \`Link\` header with
  \`rel="next"\` has the URL of the next page. Lists cover everything that an account has. Only the notifications of one camera
  come as \`{next, previous, results}\`, as older apps expect.
- **Filters** of a list are validated like the fields of a body. Empty filters are ignored.
- **\`X-Request-Id\`** of an answer is the id of the request in our logs.

# Errors

A refusal is \`{"detail": "…"}\`, with a \`code\` if a token is at fault, or a list of messages for each field at fault. The
messages are a contract: only quoted values, numbers of seconds and the text after "parse error" vary. This page lists every
refusal except one: if a URL is too long, the server in front of this service returns 414 itself, not in JSON.

${[...byStatus].map(([status, entries]) => [`## ${status} ${STATUS_WORDS[status]}`, ...entries.map(explained)].join('\n\n')).join('\n\n')}

# Field errors

${fieldErrors.map(([words, when]) => `- \`${words}\`: ${when}`).join('\n')}
`.trim()

function explained({ cause, remedy, bodies }: Entry) {
  const lines = Object.values(bodies).map(({ body }) => JSON.stringify(body))
  return ['```json', ...lines, '```', '', `${cause} **${remedy}**`].join('\n')
}
