import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Filter } from '../admin/model.ts'
import { lowered, users } from '../db/schema.ts'

/** Accounts of an email, in any letter case. */
export const isEmailOf = (typed: SQL) => sql`${lowered(users.email)} = ${lowered(typed)}`
/** Of accounts whose emails differ by letter case only, the one that is spelt as typed comes first. */
const nearest = (typed: SQL) => sql`${users.email} = ${typed} desc, ${users.id}`

/** The email of an account, by its id. */
export const emailOf = (id: AnyPgColumn) => sql`(select email from ${users} where ${users.id} = ${id})`

/** A filter by the email, in any letter case, of the account that rows belong to. */
export const ownerFilter = (column: AnyPgColumn): Filter => ({
  kind: 'owner',
  parameter: 'owner',
  title: 'owner',
  column,
  find: (typed) => sql`select ${users.id} from ${users} where ${isEmailOf(typed)} order by ${nearest(typed)}`,
  help: 'Email',
})

/** What a model says of the account that its rows belong to. */
export const OWNER = {
  label: 'Owner',
  help: 'The email of an account.',
  to: users,
  model: 'users.user',
  where: isEmailOf,
  order: nearest,
  typed: sql`${users.email}`,
  describe: sql`trim(${users.firstName} || ' ' || ${users.lastName})`,
}
