import { type SQL, sql } from 'drizzle-orm'
import { given, listOf, object, oneOf } from '../db/statement.ts'
import { COUNTED } from './list.ts'
import { logged } from './log.ts'
import type { Model, Related } from './model.ts'
import { isLast, keeping } from './record.ts'
import { isSuperuser, may, staffReads, staffWrites } from './staff.ts'

/** How many rows of a kind a page that asks for confirmation names; the rest it counts. */
export const NAMED = 100

type Named = { id: string; repr: string }
export type Kind = { title: string; plural: string; model: Model | null; count: number; rows: Named[] }

type Removal = ReturnType<typeof removalOf>
const removals = new WeakMap<Model, Removal>()

/** The statements that delete rows of a model, with what goes along. `models` are all that are registered. */
export function removal(model: Model, models: Model[]): Removal {
  const known = removals.get(model) ?? removalOf(model, models)
  removals.set(model, known)
  return known
}

function removalOf(model: Model, models: Model[]) {
  const kinds = (model.related ?? []).map((related) => kindOf(related, models))
  const rows = sql`${model.id} = any (${given('ids', 'bigint[]')})`
  const chosen = sql`select ${model.id} from ${model.table} where ${rows} and ${may('delete', model)}`
  const { onlySuperusers = sql`false`, onlySuperusersDelete = sql`false` } = model
  const isBarred = sql`(${isSuperuser} is not true and (${onlySuperusers} or ${onlySuperusersDelete}))`
  const barred = sql`select ${model.id}, ${model.describe} as repr from ${model.table}
    where ${model.id} in (select id from doomed) and ${isBarred}`
  const isOutOfReach = sql.join([sql`false`, ...kinds.map(({ isOutOfReach }) => isOutOfReach)], sql` or `)
  const leaving = sql`select ${model.id} from ${model.table}
    where ${model.id} in (${chosen}) and (${model.keepsOne?.where((column) => sql`${column}`) ?? sql`false`})`
  const found = {
    rows: listOf<Named>(sql`
      select ${model.id}::text as id, ${model.describe} as repr from ${model.table}
      where ${model.id} in (select id from doomed) order by ${model.id} limit ${sql.raw(String(NAMED))}`),
    count: sql<number>`(select count(*)::int from doomed)`,
    barred: listOf<Named>(sql`select id::text, repr from barred limit ${sql.raw(String(NAMED))}`),
  }
  const send = {
    ask: staffReads(() => ({
      steps: { doomed: chosen, barred },
      answers: {
        ...found,
        kinds: object<Record<string, { count: number; rows: Named[]; isOutOfReach: boolean }>>(
          kinds.map(({ summary }, index) => [String(index), summary]),
        ),
      },
    })),
    remove: staffWrites(() => ({
      steps: {
        ...keeping(model, leaving),
        // Two that delete the same rows wait for each other in one order, and the second finds them gone.
        doomed: sql`${chosen} and not ${isLast(model)} order by ${model.id} for update`,
        barred,
        done: sql`
          delete from ${model.table}
          where ${model.id} in (select id from doomed) and not exists (select from barred)
            and ${isBarred} is not true and not (${isOutOfReach})
          returning ${model.id}, ${model.describe} as repr`,
        ...(model.beforeRemoval && { before: model.beforeRemoval(sql`select id from done`) }),
        logged: logged(model, 'deleted'),
      },
      answers: {
        count: sql<number>`(select count(*)::int from done)`,
        first: oneOf<Named>(sql`select id::text, repr from done limit 1`),
        doomed: found.count,
        isLast: isLast(model),
      },
    })),
  }
  return { ...send, kinds: kinds.map(({ title, plural, model }) => ({ title, plural, model })) }
}

function kindOf({ model: key, named, ids }: Related, models: Model[]) {
  const model = models.find((model) => model.key === key) ?? null
  const { title, plural, table, describe } = model ?? named!
  const theirs = sql`${table.id} in (${ids(sql`select id from doomed`)})`
  const isOutOfReach: SQL = model
    ? sql`(not coalesce(${may('delete', model)}, false) and exists (select from ${table} where ${theirs}))`
    : sql`false`
  const summary = object([
    [
      'count',
      sql`(select count(*)::int from (select from ${table} where ${theirs} limit ${sql.raw(String(COUNTED + 1))}) as c)`,
    ],
    [
      'rows',
      listOf(
        sql`select ${table.id}::text as id, ${describe} as repr from ${table} where ${theirs} limit ${sql.raw(String(NAMED))}`,
      ),
    ],
    ['isOutOfReach', sql`coalesce(${isOutOfReach}, false)`],
  ])
  return { title, plural, model, isOutOfReach, summary }
}
