import { sql } from 'drizzle-orm'
import { reachOf } from '../auth/permissions.ts'
import { type Viewer, viewerAdds, viewerReads, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { discardEvents, eraseCameras } from '../db/erasures.ts'
import { cameras, users } from '../db/schema.ts'
import { columnsOf, given, listOf, named, namedChanges, oneOf, position, type Row } from '../db/statement.ts'
import { problems } from '../problems.ts'
import type { Page } from '../http/paging.ts'
import { isOnline } from './online.ts'

/** The public columns of a camera. The others serve the watch over cameras. */
const SHOWN = [
  'id',
  'publicCameraId',
  'location',
  'createdAt',
  'timeZone',
  'isArmed',
  'snoozedUntil',
  'lastSeenAt',
  'previewUpdatedAt',
] as const
/** A camera, with its owner's username. */
export type Camera = Pick<Row<typeof cameras>, (typeof SHOWN)[number]> & { owner: string; isOnline: boolean }

/** The fields of a camera that its owner may set. */
export type CameraInput = {
  location: string
  time_zone?: string | null | undefined
  is_armed?: boolean | undefined
  snoozed_until?: string | null | undefined
}
export type Change = { [K in keyof CameraInput]?: CameraInput[K] | undefined }
const CHANGES = { location: 'text', time_zone: 'text', is_armed: 'boolean', snoozed_until: 'timestamptz' }

const columns = sql`${columnsOf(cameras, SHOWN)}, ${isOnline} as "isOnline"`

const ownCamera = sql`public_camera_id = ${given('id', 'uuid')} and owner_id = (select id from viewer)`
const page = sql`
  ${cameras.id} > ${position(cameras, cameras.publicCameraId)}
  order by ${cameras.id} limit ${given('limit', 'int')} + 1`

/** The viewer's own camera, from a step's row. */
const theCamera = oneOf<Camera>(sql`select ${columns}, (select username from viewer) as owner from camera`)

/** A camera of a list, and whether it is the viewer's. */
type Listed = Camera & { isOwn: boolean }

const listing = viewerReads(() => ({
  answers: {
    cameras: listOf<Listed>(sql`
      select ${columns}, (select username from viewer) as owner, true as "isOwn" from ${cameras}
      where owner_id = (select id from viewer) and ${page}`),
  },
}))

export const camerasOf = async (db: Db, viewer: Viewer, page: Page) =>
  (await listing(db, viewer, page)).cameras

// One of the branches does nothing, depending on the viewer; each has the index for its order.
const listingAll = viewerReads(() => {
  const everyone = sql`
    select * from ${cameras} where (select sees_all from reach) and ${page}`
  const viewerAlone = sql`
    select * from ${cameras} where not (select sees_all from reach) and owner_id = (select id from viewer) and ${page}`
  return {
    steps: {
      reach: reachOf('camera.view_camera'),
      camera: sql`(${everyone}) union all (${viewerAlone})`,
    },
    answers: {
      cameras: listOf<Listed>(sql`
        select ${columns}, (select username from ${users} where ${users.id} = owner_id) as owner,
          owner_id = (select id from viewer) as "isOwn"
        from camera order by id`),
    },
  }
})

/** Every camera, if the viewer may view them in the admin; otherwise only their own. */
export const camerasVisibleTo = async (db: Db, viewer: Viewer, page: Page) =>
  (await listingAll(db, viewer, page)).cameras

const finding = viewerReads(() => ({
  steps: { camera: sql`select * from ${cameras} where ${ownCamera}` },
  answers: { camera: theCamera },
}))

/** @throws noSuch('Camera') for a camera that is not the viewer's, as do the verbs that change or remove one */
export const findCamera = async (db: Db, viewer: Viewer, id: string) => the(await finding(db, viewer, { id }))

const adding = viewerAdds(() => ({
  steps: {
    camera: sql`
      insert into ${cameras} (public_camera_id, owner_id, location, time_zone, is_armed, snoozed_until, created_at)
      select uuidv7(), id, ${given('location')}, ${given('time_zone')}, coalesce(${given('is_armed', 'boolean')}, true),
        ${given('snoozed_until', 'timestamptz')}, now()
      from viewer
      returning *`,
  },
  answers: { camera: theCamera },
}))

export const addCamera = async (db: Db, viewer: Viewer, input: CameraInput) =>
  the(await adding(db, viewer, named(CHANGES, input)))

const changing = viewerWrites(() => ({
  steps: { camera: sql`update ${cameras} set ${namedChanges(CHANGES)} where ${ownCamera} returning *` },
  answers: { camera: theCamera },
}))

export const changeCamera = async (db: Db, viewer: Viewer, id: string, change: Change) =>
  the(await changing(db, viewer, { id, ...named(CHANGES, change) }))

const removing = viewerWrites(() => ({
  steps: {
    camera: sql`delete from ${cameras} where ${ownCamera} returning *`,
    erased: eraseCameras(sql`select id from camera`),
    discarded: discardEvents(sql`select id from camera`),
  },
  answers: { camera: theCamera },
}))

export const removeCamera = async (db: Db, viewer: Viewer, id: string) =>
  the(await removing(db, viewer, { id }))

function the({ camera }: { camera: Camera | null }) {
  if (!camera) throw problems.noSuch('Camera')
  return camera
}
