// npm run bench:admin: fills a database of its own with 1,000,000 rules, 100,000 cameras and 1,000,000 users, and measures
// the statement behind every kind of list: its time in the database and what its plan reads. The time is of planning and
// execution, the least of seven runs: other work on the machine only adds to it. Fails where one takes over 50 ms.
import { createRequire, registerHooks } from 'node:module'
import { fillPlaceholders, type SQL } from 'drizzle-orm'
import { startDatabase } from './bench/stack.ts'

// Node strips types from .ts only; there is no JSX in what is read here.
registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith('.tsx') ? { ...context, format: 'module-typescript' } : context),
})

type Statement = import('../src/db/statement.ts').Statement<Record<string, SQL>>
type Node = {
  'Node Type': string
  'Index Name'?: string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  Plans?: Node[]
}

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')
const { askedBy } = await import('../src/db/asking.ts')
const { build } = await import('../src/db/statement.ts')
const { staff } = await import('../src/admin/staff.ts')
const { listing, readQuery } = await import('../src/admin/list.ts')
const { history, recentActions } = await import('../src/admin/log.ts').then(
  ({ historyStatement, recentActions }) => ({
    history: historyStatement,
    recentActions,
  }),
)
const { ruleAdmin } = await import('../src/rules/admin.tsx')
const { cameraAdmin } = await import('../src/cameras/admin.tsx')
const { userAdmin } = await import('../src/users/admin.tsx')

const LIMIT_IN_MS = 50
const THIS_YEAR = `created_at >= date_trunc('year', now(), 'UTC')`
const BIG = /^(rules_rule|camera_camera|users(_(?!groups|user_).*)?$|django_admin_log)/
const RUNS = 7
const FILL = `
  insert into users (email, username, password, first_name, last_name, is_active, is_staff, is_superuser, date_joined)
  select 'person' || i || '@example.com', 'person' || i || '@example.com', '!', 'Ada' || i % 997, 'Lovelace' || i % 1009,
    i % 50 <> 0, i % 50000 = 1, i = 1, now() - (1000000 - i) * interval '1 minute'
  from generate_series(1, 1000000) i;
  -- Most owners have two cameras, one has 2,000 and 5,000 rules, one 50,000 rules.
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
    `Filled in ${Math.round((performance.now() - start) / 1000)} s: 1,000,000 rules, 100,000 cameras, 1,000,000 users.\n`,
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
  const models = { rules: ruleAdmin, cameras: cameraAdmin, users: userAdmin }
  const place = async (table: string, column: string, offset: number, of = column, where = 'true') => {
    const { rows } = await client.query(
      `select ${of}::text as at, id::text from ${table} where ${where} order by ${column}, id offset ${offset} limit 1`,
    )
    return JSON.stringify([rows[0].at, rows[0].id])
  }
  const lists: [keyof typeof models, string, Record<string, string>][] = [
    ['rules', 'newest first', {}],
    ['rules', 'deep: after 600,000', { after: await place('rules_rule', 'id', 400_000, "''") }],
    ['rules', 'deep: before 600,000', { before: await place('rules_rule', 'id', 400_000, "''") }],
    ['rules', 'the last page', { after: await place('rules_rule', 'id', 50, "''") }],
    ['rules', 'by nickname', { o: '1' }],
    ['rules', 'by nickname, downwards', { o: '-1' }],
    [
      'rules',
      'by nickname, after 500,000',
      { o: '1', after: await place('rules_rule', 'rule_nickname', 500_000) },
    ],
    [
      'rules',
      'by nickname, before 500,000',
      { o: '1', before: await place('rules_rule', 'rule_nickname', 500_000) },
    ],
    ['rules', 'by creation', { o: '6' }],
    [
      'rules',
      'by creation, after 900,000',
      { o: '6', after: await place('rules_rule', 'created_at', 900_000) },
    ],
    ['rules', 'enabled', { is_enabled__exact: '1' }],
    ['rules', 'disabled, all old', { is_enabled__exact: '0' }],
    ['rules', 'enabled, oldest first', { is_enabled__exact: '1', o: '6' }],
    ['rules', 'disabled, newest first', { is_enabled__exact: '0', o: '-6' }],
    ['rules', 'disabled, by nickname', { is_enabled__exact: '0', o: '1' }],
    ['rules', 'today', { created_at: 'today' }],
    ['rules', 'this year', { created_at: 'year' }],
    ['rules', 'this month, oldest first', { created_at: 'month', o: '6' }],
    ['rules', 'this month, by nickname', { created_at: 'month', o: '1' }],
    ['rules', 'today, by nickname', { created_at: 'today', o: '1' }],
    [
      'rules',
      'this year, the last page',
      { created_at: 'year', after: await place('rules_rule', 'created_at', 50, 'created_at', THIS_YEAR) },
    ],
    ['rules', 'disabled, today: none', { created_at: 'today', is_enabled__exact: '0' }],
    ['rules', 'an owner of 20', { owner: 'person7@example.com' }],
    ['rules', 'an owner of 5,000', { owner: 'person2@example.com' }],
    ['rules', 'an owner of 5,000, by nickname', { owner: 'person2@example.com', o: '1' }],
    ['rules', 'an owner of 50,000', { owner: 'person3@example.com' }],
    ['rules', 'an owner of 50,000, by nickname', { owner: 'person3@example.com', o: '1' }],
    ['rules', 'nobody', { owner: 'nobody@example.com' }],
    ['rules', 'search: rare', { q: 'okapi' }],
    ['rules', 'search: rare, by nickname', { q: 'okapi', o: '1' }],
    ['rules', 'search: in every row', { q: 'tell' }],
    ['rules', 'search: in half of them', { q: 'front' }],
    ['rules', 'search: two words, in 71,000', { q: 'truck front' }],
    ['rules', 'search: rare and common', { q: 'okapi front gate' }],
    ['rules', 'search: in the newest 150,000', { q: 'dusk' }],
    ['rules', 'search: in the newest 150,000, by nickname', { q: 'dusk', o: '1' }],
    ['rules', 'search: two letters in the newest 150,000', { q: 'at dus' }],
    ['rules', 'search: in 1 of 80, and common', { q: '123 tell comes near front' }],
    ['rules', 'search: in 1 of 80, and more common', { q: '123 tell me when comes near front gate' }],
    ['rules', 'search: two, never together', { q: 'fox parcel' }],
    ['rules', 'search: two in half, never together', { q: 'front back' }],
    ['rules', 'search: the same, by nickname', { q: 'front back', o: '1' }],
    [
      'rules',
      'search: the same, by nickname, deep',
      { q: 'front back', o: '1', after: await place('rules_rule', 'rule_nickname', 500_000) },
    ],
    ['rules', 'search: ten words in half of them', { q: 'tell me when comes near the front gate ell ont' }],
    ['rules', 'search: none', { q: 'zeppelin' }],
    ['rules', 'search: one row', { q: 'c4ca4238a0b9' }],
    ['rules', 'search: two letters', { q: 'so' }],
    ['rules', 'search: one letter', { q: 'a' }],
    ['rules', 'search: rare, disabled', { q: 'okapi', is_enabled__exact: '0' }],
    ['rules', 'search: common, disabled', { q: 'fox', is_enabled__exact: '0' }],
    ['rules', 'search: common, one owner', { q: 'fox', owner: 'person2@example.com' }],
    ['rules', 'an owner of 50,000, disabled', { owner: 'person3@example.com', is_enabled__exact: '0' }],
    ['rules', 'search: never together, owner of 50,000', { q: 'front back', owner: 'person3@example.com' }],
    ['rules', 'search: common, owner of 50,000', { q: 'gate', owner: 'person3@example.com' }],
    ['rules', 'search: rare, owner of 50,000', { q: 'okapi', owner: 'person3@example.com' }],
    ['rules', 'search: in every row, today', { q: 'tell', created_at: 'today', o: '1' }],
    ['rules', 'search: in every row, this year', { q: 'tell', created_at: 'year', o: '1' }],
    ['rules', 'search: common, today', { q: 'fox', created_at: 'today' }],
    ['rules', 'search: in half of them, by nickname', { q: 'front', o: '1' }],
    [
      'rules',
      'search: common, by nickname, deep',
      { q: 'fox', o: '1', after: await place('rules_rule', 'rule_nickname', 500_000) },
    ],
    ['cameras', 'newest first', {}],
    ['cameras', 'by location', { o: '1' }],
    [
      'cameras',
      'by location, after 90,000',
      { o: '1', after: await place('camera_camera', 'location', 90_000) },
    ],
    ['cameras', 'by creation', { o: '3' }],
    ['cameras', 'search: common', { q: 'door' }],
    ['cameras', 'search: rare', { q: '9972' }],
    ['cameras', 'an owner of 2,000, by location', { owner: 'person2@example.com', o: '1' }],
    ['users', 'newest first', {}],
    ['users', 'by email, after 900,000', { o: '1', after: await place('users', 'email', 900_000) }],
    ['users', 'by date joined', { o: '6' }],
    ['users', 'staff', { is_staff__exact: '1' }],
    ['users', 'staff, by email', { is_staff__exact: '1', o: '1' }],
    ['users', 'no staff', { is_staff__exact: '0' }],
    ['users', 'active, by date joined', { is_active__exact: '1', o: '6' }],
    ['users', 'inactive', { is_active__exact: '0' }],
    ['users', 'superusers', { is_superuser__exact: '1' }],
    ['users', 'no superusers', { is_superuser__exact: '0' }],
    ['users', 'inactive, by email', { is_active__exact: '0', o: '1' }],
    ['users', 'inactive, by date joined', { is_active__exact: '0', o: '-6' }],
    ['users', 'inactive staff: none', { is_active__exact: '0', is_staff__exact: '1' }],
    ['users', 'staff, joined this year', { is_staff__exact: '1', date_joined: 'year' }],
    ['users', 'search: inactive', { q: 'lovelace', is_active__exact: '0' }],
    ['users', 'search: in every row', { q: 'example' }],
    ['users', 'search', { q: 'person999999@' }],
    ['users', 'search: two words', { q: 'ada12 lovelace7' }],
  ]
  for (const [name, title, parameters] of lists) {
    const model = models[name]
    const query = readQuery(model, new URLSearchParams(parameters))
    await measure(`${name}: ${title}`, listing(model, query))
  }
  await measure('history of a row changed 40,000 times', history(ruleAdmin), { id: '2', before: null })
  await measure('the first page: my last actions of 200,000', { answers: { recent: recentActions } })
}

async function measure(title: string, statement: Statement, values: Record<string, unknown> = {}) {
  const { sql, params } = build(askedBy(staff, statement))
  const session = { userId: '1', publicUserId: null, issuedAt: Math.floor(Date.now() / 1000) }
  const filled = fillPlaceholders(params, { ...values, ...session })
  const times: number[] = []
  let plan: Node | undefined
  for (let run = 0; run < RUNS; run++) {
    const { rows } = await client.query(`explain (analyze, timing off, format json) ${sql}`, filled)
    const [answer] = rows[0]['QUERY PLAN']
    times.push(answer['Planning Time'] + answer['Execution Time'])
    plan = answer.Plan
  }
  const time = Math.min(...times)
  const isSlow = time > LIMIT_IN_MS
  if (isSlow) tooSlow.push(title)
  const mark = isSlow ? '!' : ' '
  console.log(
    `${mark}${time.toFixed(1).padStart(7)} ms  ${title.padEnd(46)} ${[...new Set(reads(plan))].join(', ')}`,
  )
}

/** What a plan reads of the big tables, and how many rows. */
function reads(node: Node | undefined): string[] {
  if (!node) return []
  const source = node['Index Name'] ?? (node['Node Type'] === 'Seq Scan' ? node['Relation Name'] : undefined)
  const isBig = source && BIG.test(source) && node['Actual Loops'] > 0
  const own = isBig ? [`${node['Node Type'] === 'Seq Scan' ? 'ALL of ' : ''}${source}`] : []
  return [...own, ...(node.Plans ?? []).flatMap(reads)].filter(
    (name) => !/_pkey$|users_.*key/.test(name) || name === own[0],
  )
}
