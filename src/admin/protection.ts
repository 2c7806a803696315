import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Model } from './model.ts'
import { isSuperuser } from './staff.ts'

/** Whether a row is barred for the caller: only superusers may change it. An action may bar `more` rows. */
export const isBarred = ({ onlySuperusers = sql`false` }: Model, more = sql`false`) =>
  sql`(${isSuperuser} is not true and (${onlySuperusers} or ${more}))`

/**
 * Steps that check whether one of the rows that the model keeps stays: `leaving` are the rows that will no longer count,
 * `staying` the others. All are locked in one order, so that if two leave at once, the second sees that it is the last.
 */
export const keeping = (model: Model, leaving: SQL): Record<string, SQL> =>
  model.keepsOne
    ? {
        leaving,
        counting: sql`select ${model.id} from ${model.table}
          where ${isKept(model)} and exists (select from leaving) order by ${model.id} for update`,
        staying: sql`select id from counting where id not in (select id from leaving)`,
      }
    : {}

/** Whether no row would stay of those that the model keeps. */
export const isLast = ({ keepsOne }: Model) =>
  keepsOne
    ? sql<boolean>`(exists (select from leaving) and not exists (select from staying))`
    : sql<boolean>`false`

/** Whether a row is one of those, or would be with new values in some columns. */
export const isKept = ({ keepsOne }: Model, written: [AnyPgColumn, SQL][] = []) =>
  keepsOne
    ? sql`(${keepsOne.where((column) => written.find(([other]) => other === column)?.[1] ?? sql`${column}`)})`
    : sql`false`
