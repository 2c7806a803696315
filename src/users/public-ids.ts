import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Filter } from '../admin/model.ts'
import { users } from '../db/schema.ts'
import { isEmailOf } from './owner.ts'

/** A public id as it was typed; of anything else null. */
const typedId = (typed: SQL) =>
  sql`case when ${typed} ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then ${typed}::uuid end`

/** A filter of rows that hold their owner by public id. */
export const byPublicOwner = (column: AnyPgColumn): Filter => ({
  kind: 'owner',
  parameter: 'owner',
  title: 'owner',
  column,
  find: (typed) => sql`
    select coalesce(${typedId(typed)}, (select public_user_id from ${users} where ${isEmailOf(typed)} limit 1))`,
  help: 'Email or public id',
})

/** As `byPublicOwner`, of a camera. */
export const byPublicCamera = (column: AnyPgColumn): Filter => ({
  kind: 'owner',
  parameter: 'camera',
  title: 'camera',
  column,
  find: (typed) => sql`select ${typedId(typed)}`,
  help: 'Public id',
})
