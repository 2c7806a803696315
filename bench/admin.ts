// npm run bench:admin: fills its own database with 1,000,000 rules, 100,000 cameras and 1,000,000 users, and runs the
// statement behind each list. Prints the time until it is answered, the rows of the page and the total. The time is the least
// of seven, or of more if it is over the limit: other work on the machine only adds to it. Fails if a common list takes over
// 50 ms.
import { createRequire, registerHooks } from 'node:module'
import { fillPlaceholders, type SQL } from 'drizzle-orm'
import { startDatabase } from './kit/stack.ts'

// Node strips types from .ts only; these files hold no JSX.
registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith('.tsx') ? { ...context, format: 'module-typescript' } : context),
})

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')
const { askedBy } = await import('../src/db/asking.ts')
const { build } = await import('../src/db/statement.ts')
const { staff } = await import('../src/admin/staff.ts')
const { COUNTED, listing, PER_PAGE, readQuery, TIME_LIMIT_IN_SECONDS } = await import('../src/admin/list.ts')
const { historyStatement, recentActions } = await import('../src/admin/log.ts')
const { ruleAdmin } = await import('../src/rules/admin.tsx')
const { cameraAdmin } = await import('../src/cameras/admin.tsx')
const { userAdmin } = await import('../src/users/admin.tsx')

const LIMIT_IN_MS = 50
const RUNS = 7
const MORE_RUNS = 40
/** Postgres's code for a statement that took too long. */
const CANCELED = '57014'
const MODELS = { rules: ruleAdmin, cameras: cameraAdmin, users: userAdmin }

type Statement = import('../src/db/statement.ts').Statement<Record<string, SQL>>
type Answer = { rows?: unknown[]; entries?: unknown[]; total?: number }
type List = [model: keyof typeof MODELS, query: string]

/** Lists that staff open all day and must not wait for. `place(…)` stands for a row's position in an order. */
const COMMON: List[] = [
  ['rules', ''],
  ['rules', 'after=place(id, 400000)'],
  ['rules', 'before=place(id, 400000)'],
  ['rules', 'after=place(id, 50)'],
  ['rules', 'o=1'],
  ['rules', 'o=-1'],
  ['rules', 'o=1&after=place(rule_nickname, 500000)'],
  ['rules', 'o=1&before=place(rule_nickname, 500000)'],
  ['rules', 'o=6'],
  ['rules', 'o=6&after=place(created_at, 900000)'],
  ['rules', 'is_enabled__exact=1'],
  ['rules', 'is_enabled__exact=0'],
  ['rules', 'is_enabled__exact=1&o=6'],
  ['rules', 'is_enabled__exact=0&o=-6'],
  ['rules', 'is_enabled__exact=0&o=1'],
  ['rules', 'created_at=today'],
  ['rules', 'created_at=today&o=1'],
  ['rules', 'created_at=today&is_enabled__exact=0'],
  ['rules', 'created_at=month&o=6'],
  ['rules', 'created_at=month&o=1'],
  ['rules', 'created_at=year'],
  ['rules', 'created_at=year&after=place(created_at, 999900)'],
  ['rules', 'owner=person7@example.com'],
  ['rules', 'owner=person2@example.com'],
  ['rules', 'owner=person2@example.com&o=1'],
  ['rules', 'owner=person3@example.com'],
  ['rules', 'owner=nobody@example.com'],
  ['rules', 'q=okapi'],
  ['rules', 'q=okapi&o=1'],
  ['rules', 'q=okapi front gate'],
  ['rules', 'q="with an okapi"'],
  ['rules', 'q=okapi&is_enabled__exact=0'],
  ['rules', 'q=zeppelin'],
  ['rules', 'q=c4ca4238a0b9'],
  ['rules', 'q=tell'],
  ['rules', 'q=front'],
  ['rules', 'q=front&o=1'],
  ['rules', 'q=fox'],
  ['rules', 'q=fox&created_at=today'],
  ['rules', 'q=fox&owner=person2@example.com'],
  ['rules', 'q=tell&created_at=today&o=1'],
  ['cameras', ''],
  ['cameras', 'o=1'],
  ['cameras', 'o=1&after=place(location, 90000)'],
  ['cameras', 'o=3'],
  ['cameras', 'q=door'],
  ['cameras', 'q="front door 99"'],
  ['cameras', 'q=9972'],
  ['cameras', 'owner=person2@example.com&o=1'],
  ['users', ''],
  ['users', 'o=1&after=place(email, 900000)'],
  ['users', 'o=6'],
  ['users', 'is_staff__exact=1'],
  ['users', 'is_staff__exact=1&o=1'],
  ['users', 'is_staff__exact=0'],
  ['users', 'is_active__exact=1&o=6'],
  ['users', 'is_active__exact=0'],
  ['users', 'is_active__exact=0&o=1'],
  ['users', 'is_active__exact=0&o=-6'],
  ['users', 'is_active__exact=0&is_staff__exact=1'],
  ['users', 'is_superuser__exact=1'],
  ['users', 'is_superuser__exact=0'],
  ['users', 'is_staff__exact=1&date_joined=year'],
  ['users', 'q=person999999@'],
  ['users', 'q=ada500'],
  ['users', 'q=example'],
]

/**
 * The most expensive lists: many rows to search for few matches, many rows to sort, or words that most rows contain.
 */
const WORST: List[] = [
  ['rules', 'q=fox&o=1'],
  ['rules', 'q=fox&o=1&after=place(rule_nickname, 500000)'],
  ['rules', 'owner=person3@example.com&is_enabled__exact=0'],
  ['users', 'q=ada12 lovelace7'],
  ['rules', 'q=fox parcel'],
  ['rules', 'q=front back'],
  ['rules', 'q=front back&o=1&after=place(rule_nickname, 500000)'],
  ['rules', 'q=front back&owner=person3@example.com'],
  ['rules', 'q=truck front'],
  ['rules', 'q=dusk'],
  ['rules', 'q=dusk&o=6'],
  ['rules', 'q=123'],
  ['rules', 'q=123 tell me when comes near front gate'],
  ['rules', 'q=tell me when comes near the front gate ell ont'],
  ['rules', 'q=so'],
  ['rules', 'q=a'],
  ['rules', 'q=zq'],
  ['rules', 'q=fox&is_enabled__exact=0'],
  ['rules', 'q=okapi&owner=person3@example.com'],
  ['rules', 'q=gate&owner=person3@example.com'],
  ['rules', 'q=tell&created_at=year&o=1'],
  ['rules', 'owner=person3@example.com&o=1'],
  ['users', 'q=lovelace&is_active__exact=0'],
  ['users', 'q=PERSON999999@EXAMPLE.COM'],
  ['users', 'q=ada500 lovelace600'],
  ['users', 'q=zq'],
]

const FILL = `
  insert into users (email, username, password, first_name, last_name, is_active, is_staff, is_superuser, date_joined)
  select 'person' || i || '@example.com', 'person' || i || '@example.com', '!', 'Ada' || i % 997, 'Lovelace' || i % 1009,
    i % 50 <> 0, i % 50000 = 1, i = 1, now() - (1000000 - i) * interval '1 minute'
  from generate_series(1, 1000000) i;
  -- Most owners have two cameras; one has 2,000 cameras and 5,000 rules, one has 50,000 rules.
  insert into camera_camera (location, owner_id, created_at)
  select (array['Front Door', 'Garden', 'Garage', 'Barn', 'Chicken Coop', 'Back Door', 'Nursery'])[1 + i % 7] || ' ' || i % 9973,
    case when i % 50 = 0 then 2 else 1 + i % 50000 end, now() - (100000 - i) * interval '10 minutes'
  from generate_series(1, 100000) i;
  -- Every disabled rule is older than every enabled one: a plan that hopes to meet one soon reads 970,000 rows.
  insert into rules_rule (rule, rule_nickname, is_enabled, created_at, camera_id, owner_id)
  select 'Tell me when ' || (array['a fox', 'a parcel', 'my son', 'a stranger', 'the neighbour''s cat', 'a truck', 'somebody'])[1 + i % 7]
      || case when i % 2 = 0 then ' comes near the front gate' else ' leaves by the back gate' end
      || case when i % 10000 = 7 then ' with an okapi' else '' end || case when i > 850000 then ' at dusk' else '' end || ' ' || md5(i::text),
    (array['Fox', 'Parcel', 'Kid', 'Stranger', 'Cat', 'Truck', 'Anyone'])[1 + i % 7] || ' ' || i::bigint * 7919 % 99991,
    i > 30000, now() - (1000000 - i) * interval '1 minute', 1 + i % 100000,
    case when i % 200 = 0 then 2 when i % 20 = 1 then 3 else 1 + i % 50000 end
  from generate_series(1, 1000000) i;
  insert into django_admin_log (action_time, object_id, object_repr, action_flag, change_message, content_type_id, user_id)
  select now() - (200000 - i) * interval '1 minute', (1 + i % 5)::text, 'Fox', 2, '[]',
    (select id from django_content_type where model = 'rule'), 1
  from generate_series(1, 200000) i`

await using database = await startDatabase({ isDurable: false })
const client = new Client({ connectionString: database.url })
const tooSlow: string[] = []
try {
  await client.connect()
  const start = performance.now()
  await fill()
  console.log(
    `Filled in ${Math.round((performance.now() - start) / 1000)} s: 1,000,000 rules, 100,000 cameras, 1,000,000 users.`,
  )
  await measureAll()
} finally {
  await client.end()
}
if (tooSlow.length > 0) {
  console.error(`\nOver ${LIMIT_IN_MS} ms: ${tooSlow.join(', ')}.`)
  process.exitCode = 1
}

/** Fills the tables without their indexes and builds those afterwards, which is four times as fast. */
async function fill() {
  const { rows } = await client.query<{ name: string; definition: string }>(`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
    where indrelid in ('rules_rule'::regclass, 'camera_camera'::regclass, 'users'::regclass)
      and not exists (select from pg_constraint where conindid = indexrelid)`)
  for (const { name } of rows) await client.query(`drop index ${name}`)
  await client.query(`set session_replication_role = replica; set maintenance_work_mem = '512MB'`)
  for (const statement of FILL.split(/;\n/)) await client.query(statement)
  for (const { definition } of rows) await client.query(definition)
  await client.query('vacuum analyze')
}

async function measureAll() {
  heading(`Common, at most ${LIMIT_IN_MS} ms`)
  for (const list of COMMON) failIfSlow(await measureList(list))
  failIfSlow(
    await measure('the history of a row changed 40,000 times', historyStatement(ruleAdmin), {
      id: '2',
      before: null,
    }),
  )
  const front = { answers: { rows: recentActions } }
  failIfSlow(await measure('the front page of somebody with 200,000 actions', front))
  heading(`Worst, stopped after ${TIME_LIMIT_IN_SECONDS} s`)
  for (const list of WORST) await measureList(list, RUNS)
}

async function measureList([name, query]: List, runs = MORE_RUNS) {
  const model = MODELS[name]
  const read = readQuery(model, new URLSearchParams(await withPlaces(name, query)))
  return measure(`${name} ?${query}`, listing(model, read), {}, runs)
}

/** A query with its positions filled in, like the links of a page. */
async function withPlaces(name: List[0], query: string) {
  const [named, column, offset] = /place\((\w+), (\d+)\)/.exec(query) ?? []
  if (!named) return query
  const table = { rules: 'rules_rule', cameras: 'camera_camera', users: 'users' }[name]
  const at = column === 'id' ? `''` : `to_json(${column}) #>> '{}'`
  const row = `select ${column}, id as row from ${table} order by ${column}, id offset ${offset} limit 1`
  const { rows } = await client.query(`select ${at} as at, row::text as id from (${row}) as place`)
  return query.replace(named, encodeURIComponent(JSON.stringify([rows[0].at, rows[0].id])))
}

async function measure(
  title: string,
  statement: Statement,
  values: Record<string, unknown> = {},
  runs = MORE_RUNS,
) {
  const { sql, params } = build(askedBy(staff, statement))
  const session = { userId: '1', publicUserId: null, issuedAt: Math.floor(Date.now() / 1000) }
  const filled = fillPlaceholders(params, { ...values, ...session })
  await client.query(`set statement_timeout = '${TIME_LIMIT_IN_SECONDS}s'`)
  let time = Infinity
  let answer: Answer | null = {}
  for (let run = 0; run < RUNS || (run < runs && time > LIMIT_IN_MS); run++) {
    const start = performance.now()
    answer = await client.query({ text: sql, values: filled, rowMode: 'array' }).then(
      ({ rows }) => rows[0]![0] as Answer,
      (error: { code?: string }) => {
        if (error.code !== CANCELED) throw error
        return null
      },
    )
    const took = performance.now() - start
    time = answer ? Math.min(time, took) : took
    // A statement that timed out once would do so again.
    if (!answer) break
  }
  await client.query('set statement_timeout = 0')
  const { rows, entries = rows, total } = answer ?? {}
  const count = total === undefined ? '' : `${Math.min(total, COUNTED)}${total > COUNTED ? '+' : ''}`
  const shown = Math.min(entries?.length ?? 0, PER_PAGE)
  console.log(row(time.toFixed(1), answer ? shown : 'stopped', count, title))
  return { title, time }
}

function failIfSlow({ title, time }: { title: string; time: number }) {
  if (time > LIMIT_IN_MS) tooSlow.push(title)
}

function heading(title: string) {
  console.log(`\n${title}\n${row('ms', 'rows', 'total', '')}`)
}

function row(time: string, rows: string | number, total: string, title: string) {
  return `${time.padStart(8)} ${String(rows).padStart(8)} ${total.padStart(8)}  ${title}`.trimEnd()
}
