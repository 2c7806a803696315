import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { cameras, users } from '../db/schema.ts'
import { given, position, type Viewer, viewerAdds, viewerReads, viewerWrites } from '../db/viewer.ts'
import { problems } from '../errors.ts'
import type { Page } from '../paging.ts'

const columns = { ...getTableColumns(cameras), owner: users.username }
/** A camera, with its owner's username. */
export type Camera = typeof cameras.$inferSelect & { owner: string }

const owner = sql`(select username from viewer)`
const mine = (live: SQL) => sql`${cameras.publicCameraId} = ${given('id', 'uuid')} and owner_id in ${live}`
const page = sql`
  ${cameras.id} > ${position(cameras, cameras.publicCameraId)}
  order by ${cameras.id} limit ${given('limit', 'int')} + 1`

const listing = viewerReads((live) => ({
  camera: { columns, as: sql`select *, ${owner} from ${cameras} where owner_id in ${live} and ${page}` },
}))

export const camerasOf = async (db: Db, viewer: Viewer, page: Page) =>
  (await listing(db, viewer, page)).flatMap(({ camera }) => camera ?? [])

// One of the branches does nothing, by who asks; each has the index that its order needs.
const listingAll = viewerReads((live) => {
  const isStaff = sql`(select is_staff from viewer where id in ${live})`
  const everyone = sql`
    select ${cameras}.*, username from ${cameras} join ${users} on ${users.id} = owner_id
    where ${isStaff} and ${page}`
  const viewerAlone = sql`
    select *, ${owner} from ${cameras} where not ${isStaff} and owner_id in ${live} and ${page}`
  return { camera: { columns, as: sql`(${everyone}) union all (${viewerAlone})` } }
})

/** Every camera, for staff; for anyone else only their own. */
export const camerasVisibleTo = async (db: Db, viewer: Viewer, page: Page) =>
  (await listingAll(db, viewer, page)).flatMap(({ camera }) => camera ?? [])

const finding = viewerReads((live) => ({
  camera: { columns, as: sql`select *, ${owner} from ${cameras} where ${mine(live)}` },
}))

/** @throws noSuch('Camera') for a camera that is not the viewer's, as do those that change or remove one */
export const findCamera = async (db: Db, viewer: Viewer, id: string) => the(await finding(db, viewer, { id }))

const adding = viewerAdds((live) => ({
  camera: {
    columns,
    as: sql`
      insert into ${cameras} (public_camera_id, owner_id, location, created_at)
      select uuidv7(), id, ${given('location')}, now() from ${live} as owner
      returning *, ${owner}`,
  },
}))

export const addCamera = async (db: Db, viewer: Viewer, { location }: { location: string }) =>
  the(await adding(db, viewer, { location }))

const changing = viewerWrites((live) => ({
  camera: {
    columns,
    as: sql`
      update ${cameras} set location = coalesce(${given('location')}, location)
      where ${mine(live)}
      returning *, ${owner}`,
  },
}))

export const changeCamera = async (
  db: Db,
  viewer: Viewer,
  id: string,
  { location = null }: { location?: string | null | undefined },
) => the(await changing(db, viewer, { id, location }))

const removing = viewerWrites((live) => ({
  camera: { columns, as: sql`delete from ${cameras} where ${mine(live)} returning *, ${owner}` },
}))

export const removeCamera = async (db: Db, viewer: Viewer, id: string) =>
  the(await removing(db, viewer, { id }))

function the([{ camera }]: [{ camera: Camera | null }, ...unknown[]]) {
  if (!camera) throw problems.noSuch('Camera')
  return camera
}
