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

/** The page before the operations: how to begin, and every refusal with what causes it and what to do. */
export const description = `
The cameras, phones and people of the Scout notification camera. A camera detects motion, asks for a URL here and uploads
its image straight to storage; a person says by rules what to be alerted to.

# How to begin

1. \`register\`, or \`signIn\`: both answer with an access token (5 minutes) and a refresh token (a day). A phone or a program
   that is to stay signed in calls \`startSession\` instead, and keeps its \`session\`.
2. Send \`Authorization: Bearer <access token>\` with everything else.
3. Before the access token is over, or on the first 401, trade the refresh token for a fresh one with \`refreshToken\`, or
   the session with \`refreshSession\`.
4. To upload an image, \`presignUpload\`, then PUT the bytes to its \`url\` with the same \`Content-Type\`.

# Conventions

- **Paths** answer with and without their trailing slash. HEAD works where GET does; OPTIONS tells a path's methods.
- **Bodies** are JSON objects; \`application/x-www-form-urlencoded\` and \`multipart/form-data\` with the same fields are read
  alike, as Django reads forms, in UTF-8 or the \`charset\` of their type. Fields that are not described are ignored. A body
  may have 64 KiB.
- **PUT** needs the required fields and leaves what is not sent as it was; **PATCH** needs none.
- **Ids** in paths are public ones, UUIDs in either letter case. What is not yours is answered like what does not exist.
- **Times** are RFC 3339 in UTC with \`Z\`, with six digits of microseconds, or no fraction where it is zero.
- **Lists** are arrays in the order of their \`id\`s, those of events the newest first; a \`Link\` header with \`rel="next"\` has
  the URL of the next page. All that an account has can be read so: its cameras, the rules and the notifications of each, and
  its events.
- **Filters** of a list are refused where they cannot be read, as the fields of a body are; empty ones are ignored.
- **\`X-Request-Id\`** of an answer is what our logs call the request.

# Errors

A refusal is \`{"detail": "…"}\`, with a \`code\` where a token is at fault, or a list of words for each field at fault. The
words are a contract; only what they quote, a number of seconds, and what follows "parse error" vary. This is all there
are, but for one that the server in front of this service answers itself, not in JSON: 414, where a URL is too long.

${[...byStatus].map(([status, entries]) => [`## ${status} ${STATUS_WORDS[status]}`, ...entries.map(explained)].join('\n\n')).join('\n\n')}

# Field errors

${fieldErrors.map(([words, when]) => `- \`${words}\`: ${when}`).join('\n')}
`.trim()

function explained({ cause, remedy, bodies }: Entry) {
  const lines = Object.values(bodies).map(({ body }) => JSON.stringify(body))
  return ['```json', ...lines, '```', '', `${cause} **${remedy}**`].join('\n')
}
