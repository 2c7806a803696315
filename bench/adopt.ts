// npm run bench:adopt: runs db:adopt on the database that DATABASE_URL names while three clients use it like the Django
// service, and prints the longest of their transactions.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { endOnStop } from '../stack/stopping.ts'
import { fail } from '../stack/words.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

const CLIENTS = 3
const PAUSE_IN_MS = 5
const WARM_UP_IN_MS = 5_000

const databaseUrl = process.env.DATABASE_URL
if (!databaseUrl) fail('DATABASE_URL is not set.')

/** The usual work of the old service, one transaction per entry; `{1}` is the id that the first statement returned. */
const WORK = [
  [
    `insert into users (password, last_login, is_superuser, username, first_name, last_name, is_staff, is_active, date_joined, public_user_id, email)
     values ('pbkdf2_sha256$', null, false, '{name}', '', '', false, true, now(), uuidv7(), '{name}') returning id`,
  ],
  [
    `insert into camera_camera (public_camera_id, location, created_at, owner_id) values (uuidv7(), 'Hall', now(), {1}) returning id`,
  ],
  [`select * from users where email = '{name}'`],
  [
    `insert into rules_rule (public_rule_id, rule, rule_nickname, is_enabled, created_at, camera_id, owner_id)
     values (uuidv7(), 'Alert', 'Alert', true, now(), {2}, {1})`,
  ],
  [`update users set last_login = now() where id = {1}`],
  [`update camera_camera set location = 'Door' where id = {2}`],
  [
    `select id from camera_camera where owner_id in ({1})`,
    `delete from rules_rule where camera_id in ({2})`,
    `delete from django_admin_log where user_id in ({1})`,
    `delete from users_groups where user_id in ({1})`,
    `delete from users_user_permissions where user_id in ({1})`,
    `delete from rules_rule where owner_id in ({1})`,
    `delete from camera_camera where id in ({2})`,
    `delete from users where id in ({1})`,
  ],
]

const over = new AbortController()
let count = 0
const longest: Record<'before' | 'meanwhile', number[]> = { before: [], meanwhile: [] }
let phase: keyof typeof longest = 'before'

const clients = Array.from({ length: CLIENTS }, (_, number) => workAsDjango(number))
await wait(WARM_UP_IN_MS)
phase = 'meanwhile'
const startedAt = Date.now()
const code = await runAdopt()
const seconds = (Date.now() - startedAt) / 1000
over.abort()
await Promise.all(clients)

describe('before adopt', longest.before)
describe('during adopt', longest.meanwhile)
console.log(`adopt took ${seconds.toFixed(1)} s and ended with ${code}; ${count} transactions, none failed`)

async function workAsDjango(number: number) {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  for (let round = 0; !over.signal.aborted; round++) {
    const name = `bench-${process.pid}-${number}-${round}@example.com`
    const ids: string[] = []
    for (const statements of WORK) {
      const startedAt = performance.now()
      const isTransaction = statements.length > 1
      if (isTransaction) await client.query('begin')
      for (const statement of statements) {
        const sql = statement.replaceAll('{name}', name).replaceAll(/\{(\d)\}/g, (_, n) => ids[n - 1] ?? '0')
        const { rows } = await client.query(sql)
        if (sql.includes('returning id')) ids.push(rows[0].id)
      }
      if (isTransaction) await client.query('commit')
      longest[phase].push(performance.now() - startedAt)
      count++
      await wait(PAUSE_IN_MS)
    }
  }
  await client.end()
}

function runAdopt() {
  endOnStop(async () => {
    child.kill()
    await exited
  })
  const child = spawn(process.execPath, [join(import.meta.dirname, '../adopt/adopt.ts')], {
    stdio: 'inherit',
  })
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
  return exited
}

function describe(name: string, times: number[]) {
  times.sort((a, b) => a - b)
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1)
  console.log(
    `${name}: ${times.length} transactions of the old service, median ${at(0.5)} ms, 99% ${at(0.99)} ms, longest ${at(1)} ms`,
  )
}
