import { describe, expect, it, vi } from 'vitest'
import {
  aStaffUser,
  aSuperuser,
  type Browser,
  fieldsOf,
  logOf,
  permissionIds,
  permit,
  sessionCookie,
  signedIn,
} from '../support/browser.ts'
import { aCamera, aDatabase, aRule, aUser, newEmail, PASSWORD, sql } from '../support/factories.ts'

const USERS = '/admin/users/user/'
const GROUPS = '/admin/auth/group/'
const CAMERAS = '/admin/camera/camera/'

const accountOf = async ({ id }: { id: number }) =>
  (
    await sql`
      select email, username, first_name, is_active, is_staff, is_superuser, password, sessions_valid_from::text,
        (select json_agg(group_id) from users_groups where user_id = users.id) as groups,
        (select json_agg(permission_id) from users_user_permissions where user_id = users.id) as permissions
      from users where id = ${id}`
  )[0]

/** Posts a form without loading its page, with the session's token. */
async function forge(browser: Browser, path: string, fields: Record<string, string | string[]>) {
  const [csrfmiddlewaretoken = ''] = fieldsOf((await browser.get('/admin/')).html).csrfmiddlewaretoken ?? []
  return browser.post(path, { csrfmiddlewaretoken, _has: Object.keys(fields), ...fields })
}

describe('each permission', () => {
  it('opens what it names, and only with the one to view', async () => {
    const { user: owner } = await aSuperuser()
    const { id } = await aCamera(owner)
    const may = {
      view: ['', `${id}/change/`, `${id}/history/`],
      add: ['add/'],
      delete: [`${id}/delete/`],
    }
    const all = Object.values(may).flat()
    const opened = async (...permissions: string[]) => {
      const { browser } = await aStaffUser(...permissions.map((name) => `camera.${name}_camera`))
      const statuses = await Promise.all(all.map(async (page) => (await browser.get(CAMERAS + page)).status))
      for (const status of statuses) expect([200, 403]).toContain(status)
      return all.filter((_, index) => statuses[index] === 200)
    }
    expect(await opened()).toEqual([])
    expect(await opened('add', 'change', 'delete')).toEqual([])
    expect(await opened('view')).toEqual(may.view)
    expect(await opened('view', 'add')).toEqual([...may.view, ...may.add])
    expect(await opened('view', 'delete')).toEqual([...may.view, ...may.delete])
  })

  it('is needed to write, whatever the page showed', async () => {
    const { user: owner } = await aSuperuser()
    const { id } = await aCamera(owner, 'Porch')
    const { browser } = await aStaffUser('camera.view_camera', 'rules.view_rule')
    const fields = { owner: owner.email, location: 'Mine' }
    const sent = [
      [`${CAMERAS}add/`, fields],
      [`${CAMERAS}${id}/change/`, fields],
      [`${CAMERAS}${id}/delete/`, { post: 'yes' }],
      [CAMERAS, { action: 'delete_selected', _selected_action: String(id), post: 'yes' }],
    ] as const
    for (const [path, fields] of sent) {
      const answer = await forge(browser, path, fields)
      expect(answer.status).toBe(403)
      expect(answer.text).toContain('You don’t have permission to do this.')
    }
    expect(await sql`select location from camera_camera where owner_id = ${owner.id}`).toEqual([
      { location: 'Porch' },
    ])
    expect(await logOf('camera', id)).toEqual([])
  })

  it('may come from a group', async () => {
    const { user, browser } = await aStaffUser()
    const [group] = await sql`insert into auth_group (name) values (${crypto.randomUUID()}) returning id`
    for (const id of await permissionIds(['rules.view_rule', 'rules.add_rule']))
      await sql`insert into auth_group_permissions (group_id, permission_id) values (${group!.id}, ${id})`
    expect((await browser.get('/admin/rules/rule/add/')).status).toBe(403)
    await sql`insert into users_groups (user_id, group_id) values (${user.id}, ${group!.id})`
    expect((await browser.get('/admin/rules/rule/add/')).status).toBe(200)
    expect((await browser.get('/admin/')).text).toContain('Rules Rules Add View')
    expect((await browser.get('/admin/')).text).not.toContain('Cameras')
    expect((await browser.get('/admin/camera/')).status).toBe(403)
  })

  it('counts when the form is sent, not when it was shown', async () => {
    const { user, browser } = await aStaffUser('camera.view_camera', 'camera.change_camera')
    const { id } = await aCamera(user, 'Porch')
    const fields = fieldsOf((await browser.get(`${CAMERAS}${id}/change/`)).html)
    await sql`delete from users_user_permissions where user_id = ${user.id}`
    expect((await browser.post(`${CAMERAS}${id}/change/`, { ...fields, location: 'Loft' })).status).toBe(403)
    expect(await sql`select location from camera_camera where id = ${id}`).toEqual([{ location: 'Porch' }])
  })

  it('shows a row to read without the one to change it', async () => {
    const { user, browser } = await aStaffUser('camera.view_camera')
    const { id } = await aCamera(user, 'Porch')
    const { html, text } = await browser.get(`${CAMERAS}${id}/change/`)
    expect(text).toContain('View camera')
    expect(text).toContain('Porch')
    expect(text).toContain('Close')
    expect(html).not.toContain('name="location"')
    expect(html).not.toContain('name="_save"')
    expect((await browser.get(CAMERAS)).html).not.toContain('_selected_action')
  })

  it('to delete is needed for what goes along, too', async () => {
    const { user, browser } = await aStaffUser('camera.view_camera', 'camera.delete_camera')
    const camera = await aCamera(user)
    await aRule(user, camera)
    const { text, html } = await browser.get(`${CAMERAS}${camera.id}/delete/`)
    expect(text).toContain(
      'your account doesn’t have permission to delete the following types of objects: rule',
    )
    expect(html).not.toContain('Yes, I’m sure')
    expect((await forge(browser, `${CAMERAS}${camera.id}/delete/`, { post: 'yes' })).status).toBe(200)
    expect(await sql`select from camera_camera where id = ${camera.id}`).toHaveLength(1)
    await permit(user, ['rules.view_rule', 'rules.delete_rule'])
    expect((await forge(browser, `${CAMERAS}${camera.id}/delete/`, { post: 'yes' })).status).toBe(302)
    expect(await sql`select from camera_camera where id = ${camera.id}`).toHaveLength(0)
  })
})

const MANAGES_USERS = ['view', 'add', 'change', 'delete'].map((action) => `users.${action}_user`)

describe('staff who manage users', () => {
  it('cannot make themselves or others superuser or staff, or give groups or permissions', async () => {
    const { user, browser } = await aStaffUser(...MANAGES_USERS)
    const other = await aUser()
    const [group] =
      await sql`insert into auth_group (name) values (${crypto.randomUUID()}) returning id::text`
    const [permission = ''] = await permissionIds(['auth.change_group'])
    for (const target of [user, other]) {
      const before = await accountOf(target)
      const answer = await forge(browser, `${USERS}${target.id}/change/`, {
        email: target.email,
        first_name: 'Grace',
        last_name: '',
        is_active: 'on',
        is_staff: 'on',
        is_superuser: 'on',
        groups: group!.id as string,
        user_permissions: permission,
      })
      expect(answer.status).toBe(302)
      expect(await accountOf(target)).toEqual({ ...before, first_name: 'Grace' })
    }
    const { html } = await browser.get(`${USERS}${other.id}/change/`)
    for (const name of ['is_staff', 'is_superuser', 'groups', 'user_permissions'])
      expect(html).not.toContain(`name="${name}"`)
  })

  it('cannot add staff', async () => {
    const { browser } = await aStaffUser(...MANAGES_USERS)
    const email = `added-${crypto.randomUUID()}@example.com`
    const password = { password1: 'a-quiet-harbour-9', password2: 'a-quiet-harbour-9' }
    const fields = { email, ...password, is_staff: 'on', is_superuser: 'on', is_active: 'on' }
    const answer = await forge(browser, `${USERS}add/`, fields)
    expect(answer.location).toMatch(/^\/admin\/users\/user\/\d+\/change\/$/)
    expect(await sql`select is_active, is_staff, is_superuser from users where email = ${email}`).toEqual([
      { is_active: true, is_staff: false, is_superuser: false },
    ])
  })

  it('cannot touch a superuser’s account', async () => {
    const { browser } = await aStaffUser(...MANAGES_USERS, 'camera.view_camera', 'camera.delete_camera')
    const { user: superuser } = await aSuperuser()
    const before = await accountOf(superuser)
    const path = `${USERS}${superuser.id}/`
    expect((await browser.get(`${path}change/`)).text).toContain('View user')
    expect((await browser.get(`${path}password/`)).status).toBe(403)
    const change = { email: 'mine@example.com', first_name: 'Mine', is_active: 'on' }
    expect((await forge(browser, `${path}change/`, change)).status).toBe(403)
    const password = { password1: 'a-quiet-harbour-9', password2: 'a-quiet-harbour-9' }
    expect((await forge(browser, `${path}password/`, password)).status).toBe(403)
    for (const sent of [
      await forge(browser, `${path}delete/`, { post: 'yes' }),
      await forge(browser, USERS, {
        action: 'delete_selected',
        post: 'yes',
        _selected_action: String(superuser.id),
      }),
    ])
      expect(sent.text).toContain(`Only superusers can delete: ${superuser.email}`)
    expect(await accountOf(superuser)).toEqual(before)
  })

  it('cannot take over the account of other staff', async () => {
    const { user, browser } = await aStaffUser(...MANAGES_USERS)
    const { user: other } = await aStaffUser('auth.view_group', 'auth.change_group')
    const before = await accountOf(other)
    expect((await browser.get(`${USERS}${other.id}/password/`)).status).toBe(403)
    const password = { password1: 'a-quiet-harbour-9', password2: 'a-quiet-harbour-9' }
    expect((await forge(browser, `${USERS}${other.id}/password/`, password)).status).toBe(403)
    await forge(browser, `${USERS}${other.id}/change/`, { email: 'mine@example.com', first_name: 'Grace' })
    expect(await accountOf(other)).toEqual({ ...before, first_name: 'Grace' })
    const saved = await browser.submit(`${USERS}${other.id}/change/`, { last_name: 'Hopper' })
    expect(saved.status).toBe(302)
    expect((await accountOf(user))?.is_active).toBe(true)
  })

  it('set the password of others, which ends their sessions', async () => {
    const { browser } = await aStaffUser(...MANAGES_USERS)
    const other = await aUser()
    const path = `${USERS}${other.id}/password/`
    const weak = await browser.submit(path, { password1: other.email, password2: other.email })
    expect(weak.text).toContain('The password is too similar to the email address.')
    const answer = await browser.submit(path, {
      password1: 'a-quiet-harbour-9',
      password2: 'a-quiet-harbour-9',
    })
    expect((await browser.follow(answer)).text).toContain('Password changed successfully.')
    const after = await accountOf(other)
    expect(after?.password).toMatch(/^pbkdf2_sha512_chain\$/)
    expect(after?.sessions_valid_from).not.toBeNull()
    expect((await logOf('user', other.id)).at(-1)?.message).toBe('[{"changed": {"fields": ["password"]}}]')
  })
})

describe('staff who manage groups', () => {
  it('give and take only the permissions they have', async () => {
    const has = ['auth.view_group', 'auth.add_group', 'auth.change_group', 'camera.view_camera']
    const { user, browser } = await aStaffUser(...has)
    const [group] = await sql`insert into auth_group (name) values (${crypto.randomUUID()}) returning id`
    await sql`insert into users_groups (user_id, group_id) values (${user.id}, ${group!.id})`
    const path = `${GROUPS}${group!.id}/change/`
    const [viewCamera = '', changeUser = ''] = await permissionIds([
      'camera.view_camera',
      'users.change_user',
    ])
    const refused = await browser.submit(path, { permissions: [viewCamera, changeUser] })
    expect(refused.status).toBe(200)
    expect(refused.text).toContain('You can only give and take permissions that you have yourself.')
    expect(await sql`select from auth_group_permissions where group_id = ${group!.id}`).toHaveLength(0)
    expect((await browser.submit(path, { permissions: viewCamera })).status).toBe(302)
    const added = await browser.submit(`${GROUPS}add/`, {
      name: crypto.randomUUID(),
      permissions: changeUser,
    })
    expect(added.text).toContain('You can only give and take permissions that you have yourself.')
  })
})

it.each(['a staff account', 'a group with members'])('leaves it to superusers to delete %s', async (what) => {
  const { browser } = await aStaffUser(...MANAGES_USERS, 'auth.view_group', 'auth.delete_group')
  const { browser: superuser } = await aSuperuser()
  const { user } = await aStaffUser()
  const [group] = await sql`insert into auth_group (name) values (${crypto.randomUUID()}) returning id`
  await sql`insert into users_groups (user_id, group_id) values (${user.id}, ${group!.id})`
  const [list, table, id] =
    what === 'a staff account' ? [USERS, 'users', user.id] : [GROUPS, 'auth_group', group!.id]
  const isThere = async () => (await sql.query(`select from ${table} where id = $1`, [id])).length === 1
  for (const [path, fields] of [
    [`${list}${id}/delete/`, { post: 'yes' }],
    [list, { action: 'delete_selected', post: 'yes', _selected_action: String(id) }],
  ] as const)
    expect((await forge(browser, path, fields)).text).toContain('Only superusers can delete:')
  expect(await isThere()).toBe(true)
  await superuser.submit(`${list}${id}/delete/`)
  expect(await isThere()).toBe(false)
})

it('lets staff delete groups without members', async () => {
  const { browser } = await aStaffUser('auth.view_group', 'auth.delete_group')
  const [group] = await sql`insert into auth_group (name) values (${crypto.randomUUID()}) returning id`
  expect((await browser.submit(`${GROUPS}${group!.id}/delete/`)).location).toBe(GROUPS)
  expect(await sql`select from auth_group where id = ${group!.id}`).toHaveLength(0)
})

it('leaves what a form had no inputs for as it is, also where who sends it may change it by then', async () => {
  const { user, browser } = await aStaffUser(...MANAGES_USERS)
  const target = await aUser({ isStaff: false })
  const [group] = await sql`insert into auth_group (name) values (${crypto.randomUUID()}) returning id`
  const path = `${USERS}${target.id}/change/`
  await sql`insert into users_groups (user_id, group_id) values (${target.id}, ${group!.id})`
  const fields = fieldsOf((await browser.get(path)).html)
  await sql`update users set is_staff = true, is_superuser = true where id = ${user.id}`

  const answer = await browser.post(path, { ...fields, first_name: 'Grace' })

  expect(answer.location).toBe(USERS)
  expect(await sql`select first_name, is_active from users where id = ${target.id}`).toEqual([
    { first_name: 'Grace', is_active: true },
  ])
  expect(await sql`select from users_groups where user_id = ${target.id}`).toHaveLength(1)
})

describe('superusers', () => {
  it('make a group, its permissions and a staff user in it', async () => {
    const { user, browser } = await aSuperuser()
    const name = crypto.randomUUID()
    const ids = await permissionIds(['rules.view_rule', 'rules.change_rule'])
    const added = await browser.submit(`${GROUPS}add/`, { name, permissions: ids })
    expect(added.location).toBe(GROUPS)
    const [group] = await sql`select id::text from auth_group where name = ${name}`
    const path = `${GROUPS}${group!.id}/change/`
    expect((await browser.submit(path, { permissions: ids.slice(0, 1) })).status).toBe(302)
    expect(await logOf('group', group!.id)).toEqual([
      { flag: 1, repr: name, message: '[{"added": {}}]', by: user.id },
      { flag: 2, repr: name, message: '[{"changed": {"fields": ["Permissions"]}}]', by: user.id },
    ])
    expect((await browser.submit(`${GROUPS}add/`, { name })).text).toContain(
      'Group with this Name already exists.',
    )

    const other = await aUser()
    const changed = await browser.submit(`${USERS}${other.id}/change/`, {
      is_staff: 'on',
      groups: group!.id as string,
    })
    expect(changed.location).toBe(USERS)
    expect((await logOf('user', other.id)).at(-1)?.message).toBe(
      '[{"changed": {"fields": ["Staff status", "Groups"]}}]',
    )
    const theirs = await signedIn(other)
    expect((await theirs.get('/admin/rules/rule/')).status).toBe(200)
    expect((await theirs.get('/admin/rules/rule/add/')).status).toBe(403)
  })

  it('refuse an email that is taken, and choices that are not there', async () => {
    const { browser } = await aSuperuser()
    const [one, other] = [await aUser(), await aUser()]
    const path = `${USERS}${one.id}/change/`
    expect((await browser.submit(path, { email: other.email.toUpperCase() })).text).toContain(
      'A user with that email already exists.',
    )
    expect((await browser.submit(path, { email: 'no address' })).text).toContain(
      'Enter a valid email address.',
    )
    for (const groups of ['999999999', 'abc', '1; drop table users'])
      expect((await browser.submit(path, { groups })).text).toContain('Select a valid choice.')
    expect((await accountOf(one))?.email).toBe(one.email)
  })

  it('change their own password without being signed out', async () => {
    const { user, browser } = await aSuperuser()
    const password = { password1: 'a-quiet-harbour-9', password2: 'a-quiet-harbour-9' }
    const answer = await browser.submit(`${USERS}${user.id}/password/`, password)
    expect((await browser.follow(answer)).status).toBe(200)
  })
})

describe('the last active superuser', () => {
  const WORDS = 'The last active superuser cannot be removed, demoted or deactivated.'

  it('is not demoted, deactivated, deprived of the admin or deleted', async () => {
    const { settings, sql: db } = await aDatabase()
    const user = await aUser({ isStaff: true, isSuperuser: true }, db)
    await aUser({ isStaff: true, isSuperuser: true, isActive: false }, db)
    const browser = await signedIn(user, settings)
    const account = () => db`select is_superuser, is_active, is_staff from users where id = ${user.id}`
    for (const name of ['is_superuser', 'is_active', 'is_staff']) {
      const answer = await browser.submit(`${USERS}${user.id}/change/`, { [name]: [] })
      expect(answer.status).toBe(200)
      expect(answer.text).toContain(WORDS)
    }
    const alone = await browser.submit(`${USERS}${user.id}/delete/`)
    expect((await browser.follow(alone)).text).toContain(WORDS)
    const everyone = (await db`select id::text from users`).map(({ id }) => id as string)
    const fields = { action: 'delete_selected', post: 'yes', _selected_action: everyone }
    const together = await forge(browser, USERS, fields)
    expect((await browser.follow(together)).text).toContain(WORDS)
    expect(await account()).toEqual([{ is_superuser: true, is_active: true, is_staff: true }])
    expect(await db`select from users`).toHaveLength(2)
    expect(await db`select from django_admin_log`).toHaveLength(0)
  })

  it('is one of two who leave at once', async () => {
    const { settings, sql: db } = await aDatabase()
    for (let round = 0; round < 5; round++) {
      await db`delete from users`
      const one = await aUser({ isStaff: true, isSuperuser: true }, db)
      const other = await aUser({ isStaff: true, isSuperuser: true }, db)
      const [first, second] = [await signedIn(one, settings), await signedIn(other, settings)]
      const answers = await Promise.all([
        forge(first, `${USERS}${one.id}/delete/`, { post: 'yes' }),
        forge(second, `${USERS}${other.id}/change/`, { email: other.email, is_active: 'on', is_staff: 'on' }),
      ])
      expect(await db`select from users where is_superuser and is_active and is_staff`).toHaveLength(1)
      for (const { status } of answers) expect(status).toBeLessThan(500)
    }
  })

  it('may go where another stays', async () => {
    const { user, browser } = await aSuperuser()
    await aSuperuser()
    const answer = await browser.submit(`${USERS}${user.id}/change/`, { is_superuser: [] })
    expect(answer.status).toBe(302)
    expect((await accountOf(user))?.is_superuser).toBe(false)
  })
})

it('lists what goes along with an account', async () => {
  const { browser } = await aSuperuser()
  const user = await aUser()
  const [camera, other] = [await aCamera(user, 'Porch'), await aUser()]
  await aRule(other, camera, 'Theirs on this camera', 'Guest')
  const { text } = await browser.get(`${USERS}${user.id}/delete/`)
  expect(text).toContain('Summary 1 user 1 camera 1 rule Objects')
  expect(text).toContain('Guest')
  expect((await browser.submit(`${USERS}${user.id}/delete/`)).location).toBe(USERS)
  expect(await sql`select from rules_rule where camera_id = ${camera.id}`).toHaveLength(0)
})

it('lists the relationships that go along with a user and with a group', async () => {
  const { browser } = await aSuperuser()
  const user = await aUser()
  const name = crypto.randomUUID()
  const [group] = await sql`insert into auth_group (name) values (${name}) returning id`
  const [permission] = await permissionIds(['camera.view_camera'])
  await permit(user, ['camera.view_camera'])
  await sql`insert into users_groups (user_id, group_id) values (${user.id}, ${group!.id})`
  await sql`insert into auth_group_permissions (group_id, permission_id) values (${group!.id}, ${permission})`
  const words = 'camera | camera | Can view camera'
  const ofUser = (await browser.get(`${USERS}${user.id}/delete/`)).text
  expect(ofUser).toContain('Summary 1 user 1 user-group relationship 1 user-permission relationship Objects')
  expect(ofUser).toContain(`User-group relationships ${name} User-permission relationships ${words}`)
  const ofGroup = (await browser.get(`${GROUPS}${group!.id}/delete/`)).text
  expect(ofGroup).toContain(
    'Summary 1 group 1 group-permission relationship 1 user-group relationship Objects',
  )
  expect(ofGroup).toContain(`Group-permission relationships ${words} User-group relationships ${user.email}`)
})

it('adds a user who can sign in', async () => {
  const { browser } = await aSuperuser()
  const email = `Added-${crypto.randomUUID()}@Example.com`
  const fields = { email, first_name: 'Ada', last_name: '', password1: PASSWORD, password2: PASSWORD }
  const answer = await browser.submit(`${USERS}add/`, fields)
  const form = await browser.follow(answer)
  expect(form.text).toContain('was added successfully. You may edit it again below.')
  const [row] =
    await sql`select id::int, email, username, is_active, is_staff from users where email = ${email.toLowerCase()}`
  expect(row).toMatchObject({ username: email.toLowerCase(), is_active: true, is_staff: false })
  for (const [second, words] of [
    ['other', 'The two password fields didn’t match.'],
    [PASSWORD, 'A user with that email already exists.'],
  ])
    expect((await browser.submit(`${USERS}add/`, { ...fields, password2: second! })).text).toContain(words)
  expect((await sessionCookie({ id: row!.id as number })).cookie).toBeTruthy()
})

it('hashes the password of a new user only for who may add one', async () => {
  const email = newEmail()
  const fields = { email, first_name: '', last_name: '', password1: PASSWORD, password2: PASSWORD }
  const [{ browser: viewer }, { browser: adder }] = await Promise.all([
    aStaffUser('users.view_user', 'users.change_user'),
    aStaffUser('users.view_user', 'users.add_user'),
  ])
  const hashed = vi.spyOn(crypto.subtle, 'deriveBits')

  expect((await forge(viewer, `${USERS}add/`, fields)).status).toBe(403)
  expect(hashed).not.toHaveBeenCalled()
  expect(await sql`select from users where email = ${email}`).toEqual([])

  expect((await forge(adder, `${USERS}add/`, fields)).status).toBe(302)
  expect(hashed).toHaveBeenCalled()
  hashed.mockRestore()
})

it('needs an email to add a user', async () => {
  const { browser } = await aSuperuser()
  const fields = { email: [], password1: PASSWORD, password2: PASSWORD }
  const answer = await browser.submit(`${USERS}add/`, fields)
  expect(answer.status).toBe(200)
  expect(answer.text).toContain('This field is required.')
})

it('keeps an email and a username that are not changed as they stand', async () => {
  const { browser } = await aSuperuser()
  const small = newEmail()
  const twins = [await aUser({ email: small.toUpperCase() }), await aUser({ email: small })]
  for (const twin of twins) {
    await sql`update users set username = ${`name-${twin.id}`} where id = ${twin.id}`
    const answer = await browser.submit(`${USERS}${twin.id}/change/`, { first_name: 'Ada' })
    expect(answer.status).toBe(302)
    expect(await accountOf(twin)).toMatchObject({
      email: twin.email,
      username: `name-${twin.id}`,
      first_name: 'Ada',
    })
  }
  const email = newEmail()
  await browser.submit(`${USERS}${twins[0]!.id}/change/`, { email: email.toUpperCase() })
  expect(await accountOf(twins[0]!)).toMatchObject({ email, username: email })
})
