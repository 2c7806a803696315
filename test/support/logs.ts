import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

/** Shorter values may appear in a log line by chance. */
const SHORTEST = 6
/** Ids may be logged. A random text may be like a part of one: a test's number 7e-323 stands in one id of a million. */
const ID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g
const IS_LIKE_A_PART_OF_AN_ID = /^[\da-f-]{1,35}$/
/** Patterns that no log line may match: an email, a token, a header with one, a presigned URL, a password hash. */
const SUSPICIOUS = [/[^\s"]+@[^\s"]+/, /eyJ[\w-]{10}/, /Bearer /, /X-Amz-|Signature=/, /pbkdf2_/, /https?:/]

/** Keeps the Worker's log lines in the file that the set-up names; returns false for lines that need not be printed. */
export function keepLog(text: string, _stream: string, entity?: { project: { name: string } }) {
  const file = process.env.SCOUT_TEST_LOG
  if (file && entity?.project.name !== 'node') appendFileSync(file, text)
  return !/^\{"event":"(request|canary)"/.test(text)
}

/**
 * Searches all log lines of the run for every secret, and for every text in the database.
 * @throws if it finds one, with its source but not its value; or if the `canary`, which every test file of the Worker logs, is
 * not found
 */
export async function assertNoSecretIn(
  file: string,
  secrets: Record<string, string>,
  databaseUrl: string,
  canary: string | null,
) {
  const log = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (canary && !log.includes(canary)) throw new Error('What the Worker logged was not searched for secrets.')
  const values = [...Object.entries(secrets), ...(await textsOf(databaseUrl))]
  const isAnywhere = finderIn(log)
  const withoutIds = log.replaceAll(ID, '')
  const isIn = (value: string) =>
    isAnywhere(value) && (!IS_LIKE_A_PART_OF_AN_ID.test(value) || withoutIds.includes(value))
  const found = [
    ...values.filter(([, value]) => value.length >= SHORTEST && isIn(value)).map(([name]) => name),
    ...SUSPICIOUS.filter((pattern) => pattern.test(log)).map(String),
  ]
  if (found.length > 0) throw new Error(`The log holds what it must not: ${[...new Set(found)].join(', ')}.`)
  console.log(`${log.split('\n').length - 1} log lines hold none of ${values.length} secrets and values.`)
}

/** An index that tells whether a text contains another. Searching megabytes for each of ten thousand texts would take half a minute. */
function finderIn(text: string) {
  const beginnings = new Set<string>()
  for (let at = 0; at + SHORTEST <= text.length; at++) beginnings.add(text.slice(at, at + SHORTEST))
  return (wanted: string) => beginnings.has(wanted.slice(0, SHORTEST)) && text.includes(wanted)
}

/** All texts in all tables, with the names of their columns. */
async function textsOf(databaseUrl: string) {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const columns = await client.query<{ table: string; column: string }>(`
    select table_name as "table", column_name as "column" from information_schema.columns
    where table_schema = 'public' and data_type in ('character varying', 'text')
      and table_name not in ('django_content_type', 'auth_permission', 'sweeps')
      -- Words of the service's own, which logs may say.
      and (table_name, column_name) not in (
        ('events', 'state'), ('events', 'failure'), ('notifications', 'kind'), ('push_targets', 'kind'), ('deliveries', 'kind'),
        ('deliveries', 'state'), ('deliveries', 'reason'))`)
  const texts: [string, string][] = []
  for (const { table, column } of columns.rows) {
    const { rows } = await client.query(
      `select distinct "${column}" as text from "${table}" where "${column}" is not null`,
    )
    for (const { text } of rows as { text: string }[]) texts.push([`${table}.${column}`, text])
  }
  await client.end()
  return texts
}
