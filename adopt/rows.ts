// Faults in the rows themselves. No migration fixes them for good, so every run checks them.
import type { ClientBase } from 'pg'
import type { Finding } from './findings.ts'
import type { Session, Step } from './session.ts'

type Looked = { findings: Finding[]; steps: Step[] }

/** The source of a table's ids. `sequence` is quoted if necessary; `last` is the last possible id. */
type Source = { table: string; column: string; sequence: string; increment: bigint; last: bigint }

/**
 * Finds sequences whose next ids already exist in rows, as after a load of rows alone: every insert is refused until the
 * sequence has passed them.
 */
export async function lookAtIds(client: ClientBase, tables: string[]): Promise<Looked> {
  const looked: Looked = { findings: [], steps: [] }
  for (const source of await readSources(client, tables)) {
    const { table, sequence, increment, last } = source
    const { next, highest } = await readState(client, source)
    const about = { table, kind: 'sequence', name: sequence }
    if (increment < 0n) looked.findings.push({ ...about, verdict: 'refused', words: 'counts down' })
    else if (next > last || highest >= last) {
      const words = `ends at ${last}, and has no id left: ${highest} is taken`
      looked.findings.push({ ...about, verdict: 'refused', words })
    } else if (next <= highest) {
      const words = `to be moved on: it gives ${next} next, and the ids up to ${highest} are taken`
      looked.findings.push({ ...about, verdict: 'to do', words })
      looked.steps.push({
        title: `${table}: move ${sequence} on`,
        run: (session) => moveOn(session, source),
      })
    }
  }
  return looked
}

/** The number of rules that are named. */
const NAMED = 5

/**
 * Finds rules whose owner is not the owner of their camera. The old service leaves such rules when a camera changes hands,
 * and they would be deleted with the earlier owner's account.
 */
export async function lookAtOwners(client: ClientBase): Promise<Looked> {
  const { rows } = await client.query<{ id: string; all: string }>(
    `select r.id::text as id, count(*) over ()::text as all ${ASTRAY} order by r.id limit ${NAMED}`,
  )
  const [first] = rows
  if (!first) return { findings: [], steps: [] }
  const ids = rows.map(({ id }) => id).join(', ')
  const words = `to be set to their camera's in rules that changed hands with it: ${first.all}, as ids ${ids}`
  return {
    findings: [{ verdict: 'to do', table: 'rules_rule', kind: 'column', name: 'owner_id', words }],
    steps: [{ title: "rules_rule: set owner_id to the camera's", run: handOver }],
  }
}

const ASTRAY = 'from rules_rule r join camera_camera c on c.id = r.camera_id where r.owner_id <> c.owner_id'

async function readSources(client: ClientBase, tables: string[]): Promise<Source[]> {
  const { rows } = await client.query<Record<keyof Source, string>>(
    `select c.relname as table, a.attname as column, s.seqrelid::regclass::text as sequence,
       s.seqincrement::text as increment, s.seqmax::text as last
     from pg_sequence s
     join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.seqrelid and d.deptype = 'i'
     join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
     join pg_class c on c.oid = a.attrelid
     where d.refclassid = 'pg_class'::regclass and c.relnamespace = 'public'::regnamespace and c.relname = any($1)
     order by 1, 2`,
    [tables],
  )
  return rows.map((row) => ({ ...row, increment: BigInt(row.increment), last: BigInt(row.last) }))
}

/** The next id, and the highest id of a row; 0 without rows. */
async function readState(client: ClientBase, { table, column, sequence, increment }: Source) {
  const { rows } = await client.query<{ lastValue: string; isCalled: boolean; highest: string }>(
    `select last_value::text as "lastValue", is_called as "isCalled",
       (select coalesce(max("${column}"), 0)::text from "${table}") as highest
     from ${sequence}`,
  )
  const { lastValue, isCalled, highest } = rows[0]!
  return { next: BigInt(lastValue) + (isCalled ? increment : 0n), highest: BigInt(highest) }
}

/** Locks the table against inserts, so that no id is used between reading and setting. The sequence never goes back. */
const moveOn = (session: Session, { table, column, sequence, increment }: Source) =>
  session.runBriefly(
    `lock table "${table}" in share mode`,
    `select setval(${session.client.escapeLiteral(sequence)}, highest)
     from ${sequence}, (select max("${column}") as highest from "${table}") as taken
     where highest >= last_value + case when is_called then ${increment} else 0 end`,
  )

/** The rules that are handed over at once: they are locked for some milliseconds. */
const BATCH = 500

/** Each batch is a transaction of its own; it waits for a camera that is just changing hands. */
async function handOver(session: Session) {
  let after: unknown = '-9223372036854775808'
  while (after !== null) {
    const rows = await session.runBriefly(`
      with astray as (
        select r.id, c.owner_id ${ASTRAY} and r.id > '${after}' order by r.id limit ${BATCH}
        for update of r for share of c
      ), handed_over as (
        update rules_rule set owner_id = astray.owner_id from astray where rules_rule.id = astray.id
      )
      select max(id)::text as last from astray`)
    after = rows[0]!.last
  }
}
