import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

/** Shorter values are words that a log line has for reasons of its own. */
const SHORTEST = 6
/** What nothing in a log may look like: an email, a token, a header with one, a presigned URL, a password's hash. */
const SUSPICIOUS = [/[^\s"]+@[^\s"]+/, /eyJ[\w-]{10}/, /Bearer /, /X-Amz-|Signature=/, /pbkdf2_/, /https?:/]

/** Keeps what the Worker logged, in the file that the set-up names; false where it is no news to who runs the tests. */
export function keepLog(text: string, _stream: string, entity?: { project: { name: string } }) {
  const file = process.env.SCOUT_TEST_LOG
  if (file && entity?.project.name !== 'node') appendFileSync(file, text)
  return !/^\{"event":"(request|canary)"/.test(text)
}

/**
 * Looks in everything that the whole run logged for every secret, and for every text that is in the database now.
 * @throws where there is one, naming where it comes from and not what it is; or where the `canary`, which every file of the
 * Worker's tests logs, is not found
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
  const isIn = finderIn(log)
  const found = [
    ...values.filter(([, value]) => value.length >= SHORTEST && isIn(value)).map(([name]) => name),
    ...SUSPICIOUS.filter((pattern) => pattern.test(log)).map(String),
  ]
  if (found.length > 0) throw new Error(`The log holds what it must not: ${[...new Set(found)].join(', ')}.`)
  console.log(`${log.split('\n').length - 1} log lines hold none of ${values.length} secrets and values.`)
}

/** Tells whether a text holds another. To look through megabytes for each of some ten thousand would take half a minute. */
function finderIn(text: string) {
  const beginnings = new Set<string>()
  for (let at = 0; at + SHORTEST <= text.length; at++) beginnings.add(text.slice(at, at + SHORTEST))
  return (wanted: string) => beginnings.has(wanted.slice(0, SHORTEST)) && text.includes(wanted)
}

/** Every text in every table, with the name of its column. */
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
