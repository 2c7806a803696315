import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Filter } from '../admin/model.ts'
import { cameras, users } from '../db/schema.ts'
import { isEmailOf } from './owner.ts'

/** A typed public id; null for anything else. */
const typedId = (typed: SQL) =>
  sql`case when ${typed} ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then ${typed}::uuid end`

/** The email of the owner that a row names by public id, or the id if the account is gone. */
export const emailOfPublic = (column: AnyPgColumn) =>
  sql`coalesce((select email from ${users} where public_user_id = ${column}), ${column}::text)`

/** As `emailOfPublic`, for the place of a camera. */
export const locationOfPublic = (column: AnyPgColumn) =>
  sql`coalesce((select location from ${cameras} where public_camera_id = ${column}), ${column}::text)`

/** A filter of rows that name their owner by public id. */
export const byPublicOwner = (column: AnyPgColumn): Filter => ({
  kind: 'owner',
  parameter: 'owner',
  title: 'owner',
  column,
  find: (typed) => sql`
    select coalesce(${typedId(typed)}, (select public_user_id from ${users} where ${isEmailOf(typed)} limit 1))`,
  help: 'Email or public id',
})

/** As `byPublicOwner`, for a camera. */
export const byPublicCamera = (column: AnyPgColumn): Filter => ({
  kind: 'owner',
  parameter: 'camera',
  title: 'camera',
  column,
  find: (typed) => sql`select ${typedId(typed)}`,
  help: 'Public id',
})
