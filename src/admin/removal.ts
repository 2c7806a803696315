import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { arrayOf, listOf, object } from '../db/statement.ts'
import { COUNTED } from './list.ts'
import type { Model, Named, Related, RowAction } from './model.ts'
import { isBarred } from './protection.ts'
import { may, type Session, staffReads } from './staff.ts'

/** How many rows of a kind the confirmation page names; it counts the rest. */
export const NAMED = 100

/** Related rows of one kind that are also deleted. */
export type Kind = {
  title: string
  plural: string
  model: Model | null
  count: number
  rows: Named[]
  /** Whether the caller may not delete them. */
  isOutOfReach: boolean
}

/** The deletion of rows of a model, with related rows. `models` are all registered models. */
export const deletion = (model: Model, models: Model[]): RowAction => ({
  name: 'delete_selected',
  titles: { many: `Delete selected ${model.plural}` },
  needs: 'delete',
  isLeaving: true,
  ...(model.onlySuperusersDelete && { onlySuperusers: model.onlySuperusersDelete }),
  steps: (chosen) => ({
    done: sql`
      delete from ${model.table}
      where ${model.id} in (${chosen}) and not (${sql.join([sql`false`, ...kindsOf(model, models, chosen).map(({ isOutOfReach }) => isOutOfReach)], sql` or `)})
      returning ${model.id}, ${model.describe} as repr`,
    ...model.beforeRemoval?.(sql`select id from done`),
  }),
  logs: 'deleted',
  says: (count, repr) => {
    if (repr !== null) return `The ${model.title} “${repr}” was deleted successfully.`
    return `Successfully deleted ${count === 1 ? `1 ${model.title}` : `${count.toLocaleString('en')} ${model.plural}`}.`
  },
})

/** What would be deleted together with some rows, and which of it may not be. */
export async function readRemoval(db: Db, session: Session, model: Model, models: Model[], ids: string[]) {
  const { table, id, describe } = model
  const doomed = sql`select id from doomed`
  const kinds = kindsOf(model, models, doomed)
  const rows = (condition: SQL) => sql`
    select ${id}::text as id, ${describe} as repr from ${table} where ${id} in (${doomed}) and ${condition} 
    order by ${id} limit ${NAMED}`
  const { kinds: found, ...rest } = await staffReads(() => ({
    steps: {
      doomed: sql`select ${id} from ${table} where ${id} = any (${arrayOf(ids)}::bigint[]) and ${may('delete', model)}`,
    },
    answers: {
      rows: listOf<Named>(rows(sql`true`)),
      count: sql<number>`(select count(*)::int from doomed)`,
      barred: listOf<Named>(rows(isBarred(model, model.onlySuperusersDelete))),
      kinds: object<Record<string, Pick<Kind, 'count' | 'rows' | 'isOutOfReach'>>>(
        kinds.map(({ summary }, index) => [String(index), summary]),
      ),
    },
  }))(db, session)
  return {
    ...rest,
    kinds: kinds.map(({ title, plural, model }, index): Kind => ({ title, plural, model, ...found[index]! })),
  }
}

const kindsOf = (model: Model, models: Model[], deleted: SQL) =>
  (model.related ?? []).map((related) => kindOf(related, models, deleted))

function kindOf({ model: key, named, ids }: Related, models: Model[], deleted: SQL) {
  const model = models.find((model) => model.key === key) ?? null
  const { title, plural, table, describe } = model ?? named!
  const theirs = sql`from ${table} where ${table.id} in (${ids(deleted)})`
  const isOutOfReach = model
    ? sql`(not coalesce(${may('delete', model)}, false) and exists (select ${theirs}))`
    : sql`false`
  const summary = object([
    ['count', sql`(select count(*)::int from (select ${theirs} limit ${COUNTED + 1}) as c)`],
    ['rows', listOf(sql`select ${table.id}::text as id, ${describe} as repr ${theirs} limit ${NAMED}`)],
    ['isOutOfReach', isOutOfReach],
  ])
  return { title, plural, model, isOutOfReach, summary }
}
