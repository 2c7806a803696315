import { expect, it, vi } from 'vitest'
import { fieldsOf, permissionIds, signedIn } from '../support/browser.ts'
import { aCamera, aDatabase, aUser } from '../support/factories.ts'

type Track = Awaited<ReturnType<typeof aDatabase>>

const AGAIN = 'something else was being changed at the same time. Please try again.'

/** Changes a row, and keeps its lock until somebody waits for it. */
async function meanwhile<T>({ sql }: Track, change: string, request: () => Promise<T>) {
  const holding = sql.transaction([
    sql.query(change),
    sql`select pg_advisory_xact_lock(1)`,
    sql.query(`
      do $$ begin
        for attempt in 1..2500 loop
          exit when exists (select from pg_locks where not granted and locktype = 'transactionid');
          perform pg_sleep(0.002);
        end loop;
      end $$`),
  ])
  await vi.waitUntil(
    async () =>
      (
        await sql`select from pg_locks where locktype = 'advisory' and objid = 1
          and database = (select oid from pg_database where datname = current_database())`
      ).length > 0,
    { timeout: 10_000, interval: 2 },
  )
  const [answer] = await Promise.all([request(), holding])
  return answer
}

async function aTrack() {
  const track = await aDatabase()
  const user = await aUser({ isStaff: true, isSuperuser: true }, track.sql)
  return { track, user, browser: await signedIn(user, track.settings) }
}

it('does not overwrite what somebody else saves at the same moment', async () => {
  const { track, user, browser } = await aTrack()
  const { id } = await aCamera(user, 'Porch', track.sql)
  const path = `/admin/camera/camera/${id}/change/`
  const fields = { ...fieldsOf((await browser.get(path)).html), location: 'Veranda' }
  const save = () => browser.post(path, fields)
  const answer = await meanwhile(track, `update camera_camera set location = 'Loft' where id = ${id}`, save)
  expect(answer.status).toBe(409)
  expect(answer.text).toContain(AGAIN)
  expect(await track.sql`select location from camera_camera where id = ${id}`).toEqual([{ location: 'Loft' }])
  expect((await save()).text).toContain('Somebody else changed this camera after you opened it.')
})

it('does not take back a permission that somebody else gives at the same moment', async () => {
  const { track, browser } = await aTrack()
  const { sql } = track
  const [theirs, mine] = await permissionIds(['camera.view_camera', 'rules.view_rule'])
  const [group] = await sql`insert into auth_group (name) values ('Helpers') returning id`
  const path = `/admin/auth/group/${group!.id}/change/`
  const fields = { ...fieldsOf((await browser.get(path)).html), permissions: [mine!] }
  const answer = await meanwhile(
    track,
    `with given as (insert into auth_group_permissions (group_id, permission_id) values (${group!.id}, ${theirs}))
     update auth_group set name = name where id = ${group!.id}`,
    () => browser.post(path, fields),
  )
  expect(answer.status).toBe(409)
  expect(answer.text).toContain(AGAIN)
  expect(await sql`select permission_id::text as id from auth_group_permissions`).toEqual([{ id: theirs }])
})

it('does not delete an account that becomes a superuser at the same moment', async () => {
  const { track } = await aTrack()
  const { sql, settings } = track
  const staff = await aUser({ isStaff: true }, sql)
  await sql`
    insert into users_user_permissions (user_id, permission_id)
    select ${staff.id}, id from auth_permission where codename in ('view_user', 'delete_user')`
  const browser = await signedIn(staff, settings)
  const { id } = await aUser({}, sql)
  const path = `/admin/users/user/${id}/delete/`
  const fields = fieldsOf((await browser.get(path)).html)
  await meanwhile(track, `update users set is_superuser = true where id = ${id}`, () =>
    browser.post(path, fields),
  )
  expect(await sql`select from users where id = ${id}`).toHaveLength(1)
})
