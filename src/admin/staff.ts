import { type SQL, sql } from 'drizzle-orm'
import { permissionsOf } from '../auth/permissions.ts'
import { accountValues, isCurrent, isTheirs, type Viewer } from '../auth/viewer.ts'
import { asking, type Principal } from '../db/asking.ts'
import { users } from '../db/schema.ts'
import { oneOf, reading, writing } from '../db/statement.ts'
import type { Action, Model } from './model.ts'

/** The caller, from their cookie. */
export type Session = Viewer & { csrf: string }

/** The part of a model that permissions need. */
type Permitted = Pick<Model, 'app' | 'name' | 'allows'>

/** The caller, from the database, and their permissions. */
export type Staff = {
  id: string
  publicUserId: string
  email: string
  name: string
  isSuperuser: boolean
  may(action: Action, model: Permitted): boolean
}

/** The caller must sign in: there is no session, it has ended, or the account is not staff. */
export class SignInNeeded extends Error {
  readonly email: string | undefined

  constructor(email?: string) {
    super('sign in')
    this.email = email
  }
}

type Account = {
  id: string
  publicUserId: string
  email: string
  name: string
  isSuperuser: boolean
  isStaff: boolean
  isLive: boolean
}
/**
 * The staff principal: the CTE `account` is the session's account, `staff` the same, but empty unless it is active staff with
 * a valid session, and `granted` its permissions, its own and those of its groups.
 */
export const staff = {
  steps: {
    account: sql`
      select id, public_user_id, email, coalesce(nullif(first_name, ''), email) as name, is_superuser,
        is_active and is_staff as is_staff, is_active and is_staff and ${isCurrent} as is_live
      from ${users} where ${isTheirs}`,
    staff: sql`select * from account where is_live`,
    granted: permissionsOf(sql`(select id from staff)`),
  },
  answers: {
    account: oneOf<Account>(sql`
      select id::text, public_user_id as "publicUserId", email, name, is_superuser as "isSuperuser",
        is_staff as "isStaff", is_live as "isLive"
      from account`),
    granted: sql<string[]>`(select coalesce(json_agg(name), '[]') from granted)`,
  },
  values: accountValues,
  admit({ account, granted }) {
    if (!account?.isLive) throw new SignInNeeded(account && !account.isStaff ? account.email : undefined)
    const { isStaff: _, isLive: __, ...who } = account
    const has = (action: Action, model: Permitted) =>
      isAllowed(action, model) && (who.isSuperuser || granted.includes(permissionName(action, model)))
    const may: Staff['may'] = (action, model) => has('view', model) && has(action, model)
    return { staff: { ...who, may } }
  },
} satisfies Principal<Session, { account: SQL<Account | null>; granted: SQL<string[]> }, { staff: Staff }>

/** A statement of staff. @throws SignInNeeded */
export const staffReads = asking(staff, reading)

/** As `staffReads`, for steps that write. */
export const staffWrites = asking(staff, writing)

/** The caller, and nothing else. */
export const whoAsks = staffReads(() => ({ answers: {} }))

/** Whether the caller may do something with a model's rows. Without `view`, nothing. */
export const may = (action: Action, model: Permitted): SQL<boolean> => {
  if (!isAllowed(action, model)) return sql`false`
  const wanted = [...new Set<Action>(['view', action])].map((action) => permissionName(action, model))
  return sql`((select is_superuser from staff) or ${wanted.length} = (select count(*) from granted where name in ${wanted}))`
}

export const isSuperuser = sql`(select is_superuser from staff)`

const isAllowed = (action: Action, { allows }: Permitted) => !allows || allows.includes(action)

const permissionName = (action: Action, { app, name }: Permitted) => `${app.label}.${action}_${name}`
