import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Filter } from '../admin/model.ts'
import { lowered, users } from '../db/schema.ts'

/** Accounts with an email, in any letter case. */
export const isEmailOf = (typed: SQL) => sql`${lowered(users.email)} = ${lowered(typed)}`
/** Among accounts whose emails differ only in letter case, the exact spelling comes first. */
const nearest = (typed: SQL) => sql`${users.email} = ${typed} desc, ${users.id}`

/** The email of an account, by its id. */
export const emailOf = (id: AnyPgColumn) => sql`(select email from ${users} where ${users.id} = ${id})`

/** A filter by the email, in any letter case, of the owner of the rows. */
export const ownerFilter = (column: AnyPgColumn): Filter => ({
  kind: 'owner',
  parameter: 'owner',
  title: 'owner',
  column,
  find: (typed) => sql`select ${users.id} from ${users} where ${isEmailOf(typed)} order by ${nearest(typed)}`,
  help: 'Email',
})

/** How a model shows the owner of its rows. */
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
