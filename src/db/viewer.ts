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
type Row<S extends Steps> = { [K in keyof S]: RowOf<S[K]['columns']> | null } & {
  viewer: { isActive: boolean; isCurrent: boolean }
}
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
  const read = Object.entries(steps).map(([name, { columns }]) => [name, columns] as const)
  return Object.assign(query.prepare(''), {
    mapResult: rowsReader([['viewer', { isActive: users.isActive, isCurrent }], ...read]),
  })
}

/**
 * Reads the rows of a statement column by column; a part of which a row has nothing is null, and what is no column is taken as
 * it comes. Drizzle's own reader settles anew for each value how it is read, which costs a request CPU.
 */
function rowsReader(parts: (readonly [name: string, Columns])[]) {
  const asIs = (value: unknown) => value
  const readers = parts.map(([part, columns]) => {
    const read = Object.entries(columns).map(
      ([name, column]) =>
        [
          name,
          is(column, SQL.Aliased) ? asIs : (value: unknown) => column.mapFromDriverValue(value),
        ] as const,
    )
    return [part, read] as const
  })
  return ({ rows }: { rows: unknown[][] }) =>
    rows.map((row) => {
      let at = 0
      const result: Record<string, Record<string, unknown> | null> = {}
      for (const [part, columns] of readers) {
        const values: Record<string, unknown> = {}
        let isThere = false
        for (const [name, read] of columns) {
          const value = row[at++]
          values[name] = value === null ? null : read(value)
          isThere ||= value !== null
        }
        result[part] = isThere ? values : null
      }
      return result
    })
}

function asViewer<S extends Steps>(
  send: (db: Db, values: Record<string, unknown>) => Promise<unknown>,
): Send<S> {
  return async (db, by, values = {}) => {
    const rows = (await send(db, { ...values, viewerId: by.userId, issuedAt: by.issuedAt })) as Row<S>[]
    const [first] = rows
    if (!first) throw problems.userNotFound()
    if (!first.viewer.isActive) throw problems.userInactive()
    if (!first.viewer.isCurrent) throw problems.accessTokenRefused('Token is expired')
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
