import { expect, it } from 'vitest'
import { type Browser, fieldsOf, permissionIds, signedIn } from '../support/browser.ts'
import { breakSql, newRequestId } from '../support/client.ts'
import { aCamera, aDatabase, aUser, type User } from '../support/factories.ts'
import { beside, waitsFor } from '../support/race.ts'

type Track = Awaited<ReturnType<typeof aDatabase>>

const CHANGED = (title: string) => `Somebody else changed this ${title} after you opened it.`

const CAMERAS = waitsFor.table('camera_camera')

/** Locks a row or a table until this many statements wait for it, then runs another statement, which wins the race. */
const meanwhile = <T>({ sql }: Track, change: string, request: () => Promise<T>, options = {}) =>
  // Of two deadlocked sessions the one with the shorter deadlock_timeout gives way: the request, after Postgres's second.
  beside(sql, [sql`set local deadlock_timeout = '1min'`, sql.query(change)], request, {
    lock: waitsFor.row,
    ...options,
  })

const someCameras = async ({ sql }: Track, { id }: User, count: number) =>
  (
    await sql`
      insert into camera_camera (owner_id, location, created_at)
      select ${id}, 'Camera ' || i, now() from generate_series(1, ${count}::int) i returning id::text`
  ).map(({ id }) => id as string)

const LIST = '/admin/camera/camera/'
/** The confirmation form that deletes cameras. */
const asked = async (browser: Browser, ids: string[]) =>
  fieldsOf((await browser.submit(LIST, { action: 'delete_selected', _selected_action: ids })).html)

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
  expect(answer.text).toContain(CHANGED('camera'))
  // The page asks before it is left.
  expect(answer.html).toContain('data-unsaved="yes"')
  expect(await track.sql`select location from camera_camera where id = ${id}`).toEqual([{ location: 'Loft' }])
  expect((await browser.post(path, fieldsOf(answer.html))).location).toBe(LIST)
})

it('saves a user who signs in meanwhile, or at the same moment', async () => {
  const { track, browser } = await aTrack()
  const { sql } = track
  const { id } = await aUser({}, sql)
  const path = `/admin/users/user/${id}/change/`
  const fields = fieldsOf((await browser.get(path)).html)
  const signIn = `update users set last_login = now() where id = ${id}`
  await sql.query(signIn)
  const save = (first_name: string) => browser.post(path, { ...fields, first_name })
  expect((await save('Ada')).status).toBe(302)
  Object.assign(fields, fieldsOf((await browser.get(path)).html))
  expect((await meanwhile(track, signIn, () => save('Grace'))).status).toBe(302)
  expect(await sql`select first_name from users where id = ${id}`).toEqual([{ first_name: 'Grace' }])
})

it('takes a form that is sent twice at the same moment for one', async () => {
  const { track, user, browser } = await aTrack()
  const form = fieldsOf((await browser.get(`${LIST}add/`)).html)
  const fields = { ...form, owner: user.email, location: 'Porch' }
  const answer = await meanwhile(
    track,
    `insert into camera_camera (public_camera_id, owner_id, location, created_at)
     values ('${String(form._key).split('.')[0]}', ${user.id}, 'Porch', now())`,
    () => browser.post(`${LIST}add/`, fields),
  )
  expect(answer.location).toBe(LIST)
  expect(await track.sql`select location from camera_camera`).toHaveLength(1)
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
  expect(answer.text).toContain(CHANGED('group'))
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

it('deletes each row once where two delete the same ones at once', async () => {
  const { track, user, browser } = await aTrack()
  for (let round = 0; round < 10; round++) {
    const ids = await someCameras(track, user, 200)
    const forms = [await asked(browser, ids), await asked(browser, ids.slice(20 * round).toReversed())]
    const answers = await meanwhile(
      track,
      'lock table camera_camera in access exclusive mode',
      () => Promise.all(forms.map((form) => browser.post(LIST, form))),
      { lock: CAMERAS, waiting: 2 },
    )
    expect(answers.map(({ status }) => status)).toEqual([302, 302])
    expect(await track.sql`select from camera_camera`).toHaveLength(0)
    expect(
      await track.sql`
        select from django_admin_log where object_id = any (${ids}) group by object_id having count(*) = 1`,
    ).toHaveLength(200)
  }
})

it('waits for rows in the order of their ids, so that two who delete them do not lock each other out', async () => {
  const { track, user, browser } = await aTrack()
  const ids = await someCameras(track, user, 20)
  // An updated row moves to the end of the table.
  await track.sql`update camera_camera set location = 'First' where id = ${ids[0]}`
  const form = await asked(browser, ids)
  const answer = await meanwhile(
    track,
    `select from camera_camera where id = ${ids[0]} for update`,
    () => browser.post(LIST, form),
    { next: 'select from camera_camera for update nowait' },
  )
  expect(answer.status).toBe(302)
  expect(await track.sql`select from camera_camera`).toHaveLength(0)
})

it('does nothing for staff whose account is deleted at the same moment', async () => {
  const { track, user, browser } = await aTrack()
  const { id } = await aCamera(await aUser({}, track.sql), 'Porch', track.sql)
  const form = await asked(browser, [String(id)])
  const leave = `delete from users where id = ${user.id}`
  const answer = await meanwhile(track, leave, () => browser.post(LIST, form))
  expect([answer.status, answer.location]).toEqual([302, expect.stringMatching(/^\/admin\/login\//)])
  expect(await track.sql`select location from camera_camera where id = ${id}`).toEqual([
    { location: 'Porch' },
  ])
})

it('says so where two lock each other out, and deletes when asked again', async () => {
  const { track, user, browser } = await aTrack()
  const { sql } = track
  const [one, other] = [await aCamera(user, 'Porch', sql), await aCamera(user, 'Attic', sql)]
  const form = await asked(browser, [String(one.id), String(other.id)])
  const lock = (id: number) => `select from camera_camera where id = ${id} for update`
  const answer = await meanwhile(track, lock(other.id), () => browser.post(LIST, form), {
    next: lock(one.id),
  })
  expect(answer.status).toBe(409)
  expect(answer.text).toContain(
    'Somebody else is changing the same records at this moment. Nothing was changed. Try again',
  )
  expect(await sql`select from camera_camera`).toHaveLength(2)
  expect((await browser.post(LIST, fieldsOf(answer.html))).status).toBe(302)
  expect(await sql`select from camera_camera`).toHaveLength(0)
})

it('does not say what became of a form whose answer was lost, and takes it again', async () => {
  const { track, user, browser } = await aTrack()
  const fields = {
    ...fieldsOf((await browser.get(`${LIST}add/`)).html),
    owner: user.email,
    location: 'Porch',
  }
  const request = newRequestId()
  await breakSql({ fault: 'drop-answer', request })
  const body = new URLSearchParams(Object.entries(fields).flatMap(([name, value]) => [[name, String(value)]]))
  const answer = await browser.send('POST', `${LIST}add/`, body, { 'X-Request-Id': request })
  expect(answer.status).toBe(503)
  expect(answer.text).toContain('It is not known whether what you sent was saved.')
  expect(answer.text).not.toContain('Nothing was changed')
  expect((await browser.post(`${LIST}add/`, fieldsOf(answer.html))).location).toBe(LIST)
  expect(await track.sql`select location from camera_camera`).toEqual([{ location: 'Porch' }])
})

it('takes a new account for added where its answer was lost and it is sent again, which has no password', async () => {
  const { track, browser } = await aTrack()
  const page = '/admin/users/user/add/'
  const password = 'a-quiet-harbour-9'
  const fields = { email: 'grace@example.com', password1: password, password2: password }
  const request = newRequestId()
  const known = fieldsOf((await browser.get(page)).html)
  const body = new URLSearchParams(
    Object.entries({ ...known, ...fields }).flatMap(([name, value]) =>
      [value].flat().map((one) => [name, one]),
    ),
  )
  await breakSql({ fault: 'delay', milliseconds: 1, times: 1, request })
  await breakSql({ fault: 'drop-answer', request })
  const answer = await browser.send('POST', page, body, { 'X-Request-Id': request })
  expect(answer.status).toBe(503)
  const again = await browser.post(page, fieldsOf(answer.html))
  expect(again.location).toMatch(/^\/admin\/users\/user\/\d+\/change\/$/)
  expect(await track.sql`select from users where email = 'grace@example.com'`).toHaveLength(1)
})

it('gives a rule that is added at the same moment to whom the camera is given', async () => {
  const { track, user, browser } = await aTrack()
  const next = await aUser({}, track.sql)
  const { id } = await aCamera(user, 'Porch', track.sql)
  const path = `/admin/camera/camera/${id}/change/`
  const fields = { ...fieldsOf((await browser.get(path)).html), owner: next.email }
  const adding = `
    with camera as (select id, owner_id from camera_camera where id = ${id} for share)
    insert into rules_rule (owner_id, camera_id, rule, rule_nickname, is_enabled, created_at)
    select owner_id, id, 'Alert', 'Fox', true, now() from camera`
  const answer = await meanwhile(track, adding, () => browser.post(path, fields))
  expect(answer.location).toBe(LIST)
  expect(await track.sql`select owner_id::int from rules_rule`).toEqual([{ owner_id: next.id }])
})
