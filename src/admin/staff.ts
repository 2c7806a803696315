import { type SQL, sql } from 'drizzle-orm'
import { type Builder, type Db, reading, writing } from '../db/client.ts'
import {
  contentTypes,
  groupPermissions,
  permissions,
  userGroups,
  userPermissions,
  users,
} from '../db/schema.ts'
import { given } from '../db/viewer.ts'
import type { Model } from './model.ts'

/** Who asks, as their cookie says. */
export type Session = { userId: string; issuedAt: number; csrf: string }
export type Action = 'view' | 'add' | 'change' | 'delete'

/** Who asks, as the database says, and what they may do. */
export type Staff = {
  id: string
  email: string
  name: string
  isSuperuser: boolean
  may(action: Action, model: Pick<Model, 'app' | 'name'>): boolean
}

/** Why somebody has to sign in: no session, one that has ended, or an account that is no staff's. */
export class SignInNeeded extends Error {
  readonly email: string | undefined

  constructor(email?: string) {
    super('sign in')
    this.email = email
  }
}

type Account = {
  id: string
  email: string
  name: string
  isSuperuser: boolean
  isStaff: boolean
  isLive: boolean
}
type Answers = Record<string, SQL>
type Row<A extends Answers> = { [K in keyof A]: A[K] extends SQL<infer T> ? T : never }
export type Statement<A extends Answers> = { steps?: Record<string, SQL>; answers: A }
type Sent<A extends Answers> = Row<A> & { staff: Staff }

/**
 * A statement of one round trip in which staff does something: `steps` are CTEs, `answers` what it answers, one value
 * each. Beside them stand the CTEs `account` (the session's), `staff` (the same, empty unless active staff with a
 * session that counts) and `granted` (the permissions of its groups and its own).
 * @throws SignInNeeded
 */
export const staffReads = <A extends Answers>(define: () => Statement<A>) =>
  asStaff<A>(reading((builder) => build(builder, define())))

/** As `staffReads`, for steps that write. */
export const staffWrites = <A extends Answers>(define: () => Statement<A>) =>
  asStaff<A>(writing((builder) => build(builder, define())))

/** Whether who asks may do something to a model's rows. Without `view` nothing. */
export const may = (action: Action, model: Pick<Model, 'app' | 'name'>): SQL<boolean> => {
  const wanted = [...new Set<Action>(['view', action])].map((action) => permissionName(action, model))
  return sql`((select is_superuser from staff) or ${wanted.length} = (select count(*) from granted where name in ${wanted}))`
}

export const isSuperuser = sql`(select is_superuser from staff)`

/** Many rows as one value: an array of them, in their order. */
export const listOf = <T>(rows: SQL) => sql<T[]>`(select coalesce(json_agg(r), '[]') from (${rows}) as r)`

/** One row as one value, or null. */
export const oneOf = <T>(row: SQL) => sql<T | null>`(select to_json(r) from (${row}) as r limit 1)`

const permissionName = (action: Action, { app, name }: Pick<Model, 'app' | 'name'>) =>
  `${app.label}.${action}_${name}`

/** The statement as drizzle prepares it. */
export function build<A extends Answers>(builder: Builder, { steps = {}, answers }: Statement<A>) {
  const account = sql`
    select id, email, coalesce(nullif(first_name, ''), email) as name, is_superuser, is_active and is_staff as is_staff,
      is_active and is_staff and coalesce(sessions_valid_from <= to_timestamp(${given('issuedAt', 'float8')}), true) as is_live
    from ${users} where id = ${given('userId', 'bigint')}`
  const granted = sql`
    select ${permissions.id}, app_label || '.' || codename as name
    from ${permissions} join ${contentTypes} on ${contentTypes.id} = content_type_id
    where ${permissions.id} in (
      select permission_id from ${userPermissions} where user_id in (select id from staff)
      union all
      select permission_id from ${groupPermissions} join ${userGroups} using (group_id) where user_id in (select id from staff)
    )`
  const parts = Object.entries({
    account,
    staff: sql`select * from account where is_live`,
    granted,
    ...steps,
  })
  return builder
    .with(...parts.map(([name, as]) => builder.$with(name, {}).as(as)))
    .select({
      account: sql<Account | null>`(select json_build_object('id', id::text, 'email', email, 'name', name,
        'isSuperuser', is_superuser, 'isStaff', is_staff, 'isLive', is_live) from account)`,
      granted: sql<string[]>`(select coalesce(json_agg(name), '[]') from granted)`,
      ...answers,
    })
    .from(sql`(values (0)) as one`)
    .prepare('')
}

function asStaff<A extends Answers>(send: (db: Db, values: Record<string, unknown>) => Promise<unknown[]>) {
  return async (
    db: Db,
    { userId, issuedAt }: Session,
    values: Record<string, unknown> = {},
  ): Promise<Sent<A>> => {
    const [row] = await send(db, { ...values, userId, issuedAt })
    const { account, granted, ...answers } = row as { account: Account | null; granted: string[] }
    if (!account?.isLive) throw new SignInNeeded(account && !account.isStaff ? account.email : undefined)
    const { id, email, name, isSuperuser } = account
    const has = (action: Action, model: Pick<Model, 'app' | 'name'>) =>
      isSuperuser || granted.includes(permissionName(action, model))
    const staff = {
      id,
      email,
      name,
      isSuperuser,
      may: (action: Action, model: Pick<Model, 'app' | 'name'>) => has('view', model) && has(action, model),
    }
    return { ...answers, staff } as unknown as Sent<A>
  }
}
