import { eq, type GetColumnData, is, SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { problems } from '../errors.ts'
import { type Builder, type Db, reading, writing } from './client.ts'
import { users } from './schema.ts'

/** Who asks, as their token says. */
export type Viewer = { userId: string; issuedAt: number }

/** A value that comes with each call; the statement around it is built once. */
export const given = (name: string, type = 'text') => sql`${sql.placeholder(name)}::${sql.raw(type)}`

type Columns = Record<string, PgColumn | SQL.Aliased>
type ValueOf<C> = C extends PgColumn ? GetColumnData<C> : C extends SQL.Aliased<infer T> ? T : never
type RowOf<C extends Columns> = { [K in keyof C]: ValueOf<C[K]> }
/** One part of a statement: SQL that may write, and the columns that it returns. */
type Steps = Record<string, { columns: Columns; as: SQL }>
type Row<S extends Steps> = { [K in keyof S]: RowOf<S[K]['columns']> | null }
type Send<S extends Steps> = (
  db: Db,
  by: Viewer,
  values?: Record<string, unknown>,
) => Promise<[Row<S>, ...Row<S>[]]>

/**
 * A statement in which one round trip settles who asks, what is theirs and the work itself. Its steps are CTEs beside
 * the viewer's row. `live` is the only way to the viewer's id and is empty for an account that is inactive or whose
 * token is from before its password changed, so a step does nothing for those. Two steps of many rows would
 * multiply; at most one may have many.
 * @throws userNotFound, userInactive, or accessTokenRefused('Token is expired')
 */
export const viewerReads = <S extends Steps>(define: (live: SQL) => S): Send<S> =>
  asViewer(reading((builder) => build(builder, define(LIVE))))

/** As `viewerReads`, for steps that write. */
export const viewerWrites = <S extends Steps>(define: (live: SQL) => S): Send<S> =>
  asViewer(writing((builder) => build(builder, define(LIVE))))

/** As `viewerWrites`, for rows that will belong to the viewer: the account cannot be deleted meanwhile. */
export const viewerAdds = <S extends Steps>(define: (live: SQL) => S): Send<S> =>
  asViewer(writing((builder) => build(builder, define(LIVE), 'key share')))

/** Whether an account's token, issued at `issuedAt` in seconds, is from after its password changed. */
export const isCurrent =
  sql<boolean>`coalesce(${users.sessionsValidFrom} <= to_timestamp(${given('issuedAt', 'float8')}), true)`.as(
    'is_current',
  )

const LIVE = sql`(select id from viewer where is_active and is_current)`

function build(builder: Builder, steps: Steps, lock?: 'key share') {
  const account = builder
    .select({
      id: users.id,
      username: users.username,
      isStaff: users.isStaff,
      isActive: users.isActive,
      isCurrent,
    })
    .from(users)
    .where(eq(users.id, given('viewerId', 'bigint')))
  const viewer = builder.$with('viewer').as(lock ? account.for(lock) : account)
  const parts = Object.entries(steps).map(([name, { columns, as }]) => builder.$with(name, columns).as(as))
  // The builder's types follow each join by name, which steps known only at run time cannot give it.
  let query: any = builder
    .with(viewer, ...parts)
    .select({
      viewer: { isActive: viewer.isActive, isCurrent: viewer.isCurrent },
      ...Object.fromEntries(parts.map((part) => [part._.alias, part._.selectedFields])),
    })
    .from(viewer)
    .$dynamic()
  for (const part of parts) query = query.leftJoin(part, sql`true`)
  return Object.assign(query.prepare(''), { mapResult: reader(steps) })
}

type Found = {
  viewer: { isActive: boolean; isCurrent: boolean } | undefined
  rows: Record<string, unknown>[]
}

/**
 * Reads who asks, which stands first in every row, and of each row its parts, column by column; a part of which a row has
 * nothing is null. Drizzle's own reader settles anew for each value how it is read, which costs a request CPU.
 */
function reader(steps: Steps) {
  const parts = Object.entries(steps).map(([part, { columns }]) => ({
    part,
    columns: Object.entries(columns).map(([name, column]) => ({
      name,
      read: is(column, SQL.Aliased)
        ? (value: unknown) => value
        : (value: unknown) => column.mapFromDriverValue(value),
    })),
  }))
  const readRow = (row: unknown[]) => {
    let at = 2
    const result: Record<string, unknown> = {}
    for (const { part, columns } of parts) {
      const values: Record<string, unknown> = {}
      let isThere = false
      for (const { name, read } of columns) {
        const value = row[at++]
        values[name] = value === null ? null : read(value)
        isThere ||= value !== null
      }
      result[part] = isThere ? values : null
    }
    return result
  }
  return ({ rows }: { rows: unknown[][] }): Found => {
    const [first] = rows as [boolean, boolean][]
    return {
      viewer: first && { isActive: first[0], isCurrent: first[1] },
      rows: rows.map(readRow),
    }
  }
}

function asViewer<S extends Steps>(
  send: (db: Db, values: Record<string, unknown>) => Promise<Found>,
): Send<S> {
  return async (db, by, values = {}) => {
    const { viewer, rows } = await send(db, { ...values, viewerId: by.userId, issuedAt: by.issuedAt })
    if (!viewer) throw problems.userNotFound()
    if (!viewer.isActive) throw problems.userInactive()
    if (!viewer.isCurrent) throw problems.accessTokenRefused('Token is expired')
    return rows as [Row<S>, ...Row<S>[]]
  }
}

/**
 * The id after which a page begins. Public ids grow with time, so where the row `after` is gone meanwhile the page
 * begins where it stood; an id that is no UUIDv7 and no row's begins at the start.
 */
export const position = (table: PgTable, publicId: PgColumn) => sql`coalesce(
  (select id from ${table} where ${publicId} = ${given('after', 'uuid')}),
  (select id from ${table} where ${publicId} < ${given('after', 'uuid')} and uuid_extract_version(${given('after', 'uuid')}) = 7
   order by ${publicId} desc limit 1),
  0)`
