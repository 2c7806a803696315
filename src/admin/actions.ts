import { sql } from 'drizzle-orm'
import { joined } from '../db/asking.ts'
import type { Db } from '../db/client.ts'
import { arrayOf, listOf, oneOf } from '../db/statement.ts'
import { isLoggedSince, logged } from './log.ts'
import type { Model, Named, RowAction, Told } from './model.ts'
import { isBarred, isKept, isLast, keeping } from './protection.ts'
import { deletion } from './removal.ts'
import { may, type Session, type Staff, staffWrites } from './staff.ts'
import { labels } from './writing.ts'

/** The actions on rows of a model: deletion, and those that it registers. */
export const actionsOf = (model: Model, models: Model[]): RowAction[] => [
  deletion(model, models),
  ...(model.actions ?? []),
]

/** The actions that a list offers this member of staff for many rows. */
export const actionsOffered = (model: Model, staff: Staff) =>
  actionsOf(model, []).filter(({ titles, needs }) => titles.many && staff.may(needs, model))

/** The rows and texts that a step `done` told. */
export const allTold = listOf<Told>(sql`select id::text, repr, told from done order by done.id`)

/**
 * Runs an action on rows and writes their log rows in the same statement. It affects the rows that still exist; if one is
 * barred, or is the last that must stay, it affects none. Rows are locked in the order of their ids: if two staff do the
 * same, the second finds it done. An action that tells something tells it once per page `opened` (in milliseconds): rows that
 * it has affected since then stay unchanged and count as `repeated`.
 */
export const act = (
  db: Db,
  session: Session,
  model: Model,
  action: RowAction,
  { ids, opened }: { ids: string[]; opened: number },
) => {
  const { table, id } = model
  const isNamed = sql`${id} = any (${arrayOf(ids)}::bigint[])`
  const isRepeated =
    action.tells && action.logs !== 'deleted'
      ? isLoggedSince(model, labels(action.logs), opened)
      : sql<boolean>`false`
  const isMeant = sql`${isNamed} and ${may(action.needs, model)} and not ${isRepeated}`
  const leaves = action.isLeaving ? isKept(model) : sql`false`
  return staffWrites(() => ({
    // After the lock, the log shows a concurrent action.
    ...(action.tells && { first: sql`select from ${table} where ${isNamed} order by ${id} for update` }),
    steps: joined(
      keeping(model, sql`select ${id} from ${table} where ${isMeant} and ${leaves}`),
      {
        barred: sql`select ${id} from ${table} where ${isMeant} and ${isBarred(model, action.onlySuperusers)}`,
        chosen: sql`
        select ${id} from ${table}
        where ${isMeant} and not ${isLast(model)} and not exists (select from barred) and ${isBarred(model, action.onlySuperusers)} is not true
        order by ${id} for update`,
      },
      action.steps(sql`select id from chosen`),
      {
        logged:
          action.logs === 'deleted'
            ? logged(model, 'deleted')
            : logged(model, 'changed', labels(action.logs)),
      },
    ),
    answers: {
      chosen: sql<number>`(select count(*)::int from chosen)`,
      count: sql<number>`(select count(*)::int from done)`,
      first: oneOf<Named>(sql`select id::text, repr from done limit 1`),
      told: action.tells ? allTold : sql<Told[]>`'[]'::json`,
      repeated: sql<number>`(select count(*)::int from ${table} where ${isNamed} and ${isRepeated})`,
      isBarred: sql<boolean>`exists (select from barred)`,
      isLast: isLast(model),
    },
  }))(db, session)
}
