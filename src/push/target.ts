import { sql } from 'drizzle-orm'
import { sessionOfViewer, type Viewer, viewerReads, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { pushTargets } from '../db/schema.ts'
import { columnsOf, given, listOf, moment, oneOf, position, repeatable, type Row } from '../db/statement.ts'
import type { Page } from '../http/paging.ts'
import { problems } from '../problems.ts'
import type { Kind, Outcome, Target } from './push.ts'

/** A target as its owner sees it, without its address. */
const SHOWN = ['publicTargetId', 'kind', 'name', 'lastSentAt', 'failures'] as const
export type ShownTarget = Pick<Row<typeof pushTargets>, (typeof SHOWN)[number]> & { isCurrent: boolean }

/** The columns of `ShownTarget`. */
export const shown = sql`${columnsOf(pushTargets, SHOWN)}, coalesce(session_id = ${sessionOfViewer}, false) as "isCurrent"`

const listing = viewerReads(() => ({
  answers: {
    targets: listOf<ShownTarget>(sql`
      select ${shown} from ${pushTargets}
      where owner_id = (select id from viewer) and id > ${position(pushTargets, pushTargets.publicTargetId)}
      order by id limit ${given('limit', 'int')} + 1`),
  },
}))

/** The viewer's push targets. */
export const targetsOf = async (db: Db, viewer: Viewer, page: Page) =>
  (await listing(db, viewer, page)).targets

const isTheirs = sql`public_target_id = ${given('id', 'uuid')} and owner_id = (select id from viewer)`

const removing = viewerWrites(() => ({
  steps: { gone: sql`delete from ${pushTargets} where ${isTheirs} returning 1` },
  answers: { isGone: sql<boolean>`exists (select from gone)` },
}))

/** @throws noSuch('Target') for a target that is not the viewer's, as does `findTarget` */
export async function removeTarget(db: Db, viewer: Viewer, id: string) {
  if (!(await removing(db, viewer, { id })).isGone) throw problems.noSuch('Target')
}

const finding = viewerReads(() => ({
  answers: {
    target: oneOf<Target & { kind: Kind }>(sql`
      select kind, address, keys, ${moment(pushTargets.seenAt, 'registeredAt')} as "registeredAt"
      from ${pushTargets} where ${isTheirs}`),
  },
}))

/** A target as senders need it. */
export async function findTarget(db: Db, viewer: Viewer, id: string) {
  const { target } = await finding(db, viewer, { id })
  if (!target) throw problems.noSuch('Target')
  return target
}

/**
 * Steps that store the outcomes of pushes at their targets: a target that is gone is deleted, unless it registered again
 * meanwhile. The step before them, `settled`, has a `target`, its `registeredAt`, a `state` and the `learned` keys of each.
 */
export const targetsNoted = {
  locked: sql`
    select id, public_target_id from ${pushTargets} where public_target_id in (select target from settled)
    order by id for update`,
  forgotten: sql`
    delete from ${pushTargets} where id in (select id from locked) and (public_target_id, seen_at) in (
      select target, "registeredAt" from settled where state = 'gone')
    returning 1`,
  noted: sql`
    update ${pushTargets} set
      last_sent_at = case when is_sent then now() else last_sent_at end,
      failures = case when is_sent then 0 when is_failed then failures + 1 else failures end,
      keys = keys || learned
    from (
      select target, bool_or(state = 'sent') as is_sent, bool_or(state in ('refused', 'failed')) as is_failed,
        coalesce((array_agg(learned) filter (where learned <> '{}'))[1], '{}') as learned
      from settled where state not in ('gone', 'held') group by target
    ) as of where ${pushTargets.id} in (select id from locked) and public_target_id = of.target
    returning 1`,
}

const noting = repeatable(() => ({
  steps: {
    settled: sql`
      select ${given('id', 'uuid')} as target, ${given('registeredAt', 'timestamptz')} as "registeredAt",
        ${given('state')} as state, ${given('learned', 'jsonb')} as learned`,
    ...targetsNoted,
  },
  answers: { isNoted: sql<boolean>`exists (select from noted)` },
}))

/** Stores the outcome of a test. A failed test does not count as a failure of the target. */
export async function noteOutcome(
  db: Db,
  id: string,
  { registeredAt }: Target,
  { outcome, learned = {} }: Outcome,
) {
  const state = outcome === 'sent' || outcome === 'gone' ? outcome : 'waiting'
  await noting(db, { id, registeredAt, state, learned: JSON.stringify(learned) })
}
