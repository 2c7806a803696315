import { describe, expect, it, vi } from 'vitest'
import { Browser, fieldsOf, signedIn } from '../support/browser.ts'
import { anAdoptedDatabase, PASSWORD } from '../support/factories.ts'

// Values in test/django/full.sql.
const ADMIN = { id: 1, email: 'admin@example.com', password: 'AdminPass123!' }
/** A hash of the same password, with a cost that suits a test. */
const FAST_HASH = 'pbkdf2_sha256$1000$seasalt$EfyW3mJj0sSR/55d+Svs6tIN+dKAB7brEYpG1mtgAkY='
const ALICE = { id: 2, email: 'alice@example.com' }
const SUPPORT = '/admin/auth/group/1/'
const CONTENT_TYPES = { rule: 1, user: 2, camera: 3, group: 5 }
const OLD_LOG = 2

const USERS = '/admin/users/user/'
const GROUPS = '/admin/auth/group/'
const CAMERAS = '/admin/camera/camera/'
const RULES = '/admin/rules/rule/'

/** A Worker on an adopted database, with the browsers of the old superuser and of Alice, who has become staff. */
async function takeOver() {
  const { settings, sql } = await anAdoptedDatabase()
  await sql`update users set is_staff = true where id = ${ALICE.id}`
  const newLog = () => sql`
    select content_type_id, object_id, object_repr, action_flag, change_message, user_id::int
    from django_admin_log where id > ${OLD_LOG} order by id`
  return {
    settings,
    sql,
    newLog,
    admin: await signedIn(ADMIN, settings),
    alice: await signedIn(ALICE, settings),
  }
}

/** The statuses of pages by path. */
const statusesOf = async (browser: Browser, paths: string[]) =>
  Object.fromEntries(await Promise.all(paths.map(async (path) => [path, (await browser.get(path)).status])))

describe('the admin on the database of the Django service', () => {
  it('lets the old superuser in with their old password, which is hashed anew once', async () => {
    const { settings, sql } = await anAdoptedDatabase()
    const account = async () =>
      (await sql`select password, last_login::text from users where id = ${ADMIN.id}`)[0]!
    const before = await account()
    await sql`update users set password = ${FAST_HASH} where id = ${ADMIN.id}`
    const browser = new Browser(settings)

    const answer = await browser.submit('/admin/login/', { email: ADMIN.email, password: ADMIN.password })
    const { status, text } = await browser.follow(answer)
    await vi.waitFor(async () => expect((await account()).password).toMatch(/^pbkdf2_sha512_chain\$/), 10_000)
    const again = await new Browser(settings).submit('/admin/login/', {
      email: ADMIN.email,
      password: ADMIN.password,
    })

    expect(before.password).toMatch(/^pbkdf2_sha256\$1200000\$/)
    expect([answer.status, answer.location, status]).toEqual([302, '/admin/', 200])
    expect(text).toContain('Site administration')
    expect([again.status, again.location]).toEqual([302, '/admin/'])
  })

  it('shows the old log, in a row’s history and to who wrote it', async () => {
    const { admin, alice } = await takeOver()
    const history = await admin.get(`${SUPPORT}history/`)
    expect(history.status).toBe(200)
    expect(history.text).toContain(
      'Nov. 22, 2026, 11:31 p.m. admin@example.com Changed Permissions. Nov. 22, 2026, 11:31 p.m. admin@example.com Added.',
    )
    const home = await admin.get('/admin/')
    expect(home.text).toContain(
      'My actions Changed: Support Group · Nov. 22, 2026, 11:31 p.m. Added: Support Group · Nov. 22, 2026, 11:31 p.m.',
    )
    expect(home.html).toContain(`href="${SUPPORT}change/"`)
    expect((await alice.get('/admin/')).text).toContain('My actions None available')
  })

  it('shows the permissions of groups, and the groups and own permissions of users', async () => {
    const { admin } = await takeOver()
    const group = await admin.get(`${SUPPORT}change/`)
    expect(fieldsOf(group.html).name).toEqual(['Support'])
    expect(fieldsOf(group.html).permissions?.sort()).toEqual(['12', '2', '4', '8'])
    expect(group.text).toContain('rules | rule | Can change rule')
    const { groups, user_permissions } = fieldsOf((await admin.get(`${USERS}${ALICE.id}/change/`)).html)
    expect({ groups, user_permissions }).toEqual({ groups: ['1'], user_permissions: ['9'] })
  })

  it('opens to staff what their group and they themselves are permitted, and no more', async () => {
    const { alice } = await takeOver()
    const open = [
      ...['', '1/change/', '1/history/', 'add/'].map((page) => CAMERAS + page),
      ...['', '3/change/', '3/history/'].map((page) => RULES + page),
      ...['', '3/change/', '3/history/'].map((page) => USERS + page),
    ]
    const closed = [
      `${CAMERAS}1/delete/`,
      ...['add/', '3/delete/'].map((page) => RULES + page),
      ...['add/', '3/delete/', '3/password/'].map((page) => USERS + page),
      ...['', 'add/', '1/change/', '1/delete/', '1/history/'].map((page) => GROUPS + page),
    ]
    expect(await statusesOf(alice, [...open, ...closed])).toEqual({
      ...Object.fromEntries(open.map((path) => [path, 200])),
      ...Object.fromEntries(closed.map((path) => [path, 403])),
    })
    expect((await alice.get(`${CAMERAS}1/change/`)).text).toContain('View camera')
    expect((await alice.get(`${RULES}3/change/`)).text).toContain('Change rule')
  })

  it('lets staff write what they are permitted, and no more', async () => {
    const { alice, sql, newLog } = await takeOver()
    const [csrfmiddlewaretoken = ''] = fieldsOf((await alice.get('/admin/')).html).csrfmiddlewaretoken ?? []
    const added = { owner: ALICE.email, location: 'Shed' }

    const allowed = [
      await alice.submit(`${RULES}3/change/`, { rule_nickname: 'Tom' }),
      await alice.submit(`${CAMERAS}add/`, added),
    ]
    const refused = [
      await alice.post(`${CAMERAS}1/change/`, { csrfmiddlewaretoken, ...added }),
      await alice.post(`${RULES}3/delete/`, { csrfmiddlewaretoken, post: 'yes' }),
      await alice.post(`${USERS}${ALICE.id}/change/`, {
        csrfmiddlewaretoken,
        _has: ['is_superuser'],
        is_superuser: 'on',
      }),
      await alice.post(`${SUPPORT}change/`, { csrfmiddlewaretoken, name: 'Support', permissions: '21' }),
    ]

    expect(allowed.map(({ status }) => status)).toEqual([302, 302])
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403])
    const [state] = await sql`
      select (select rule_nickname from rules_rule where id = 3) as nickname,
        (select location from camera_camera where id = 1) as location,
        (select is_superuser from users where id = ${ALICE.id}) as "isSuperuser",
        (select count(*)::int from auth_group_permissions) as permissions`
    expect(state).toEqual({ nickname: 'Tom', location: 'Front Door', isSuperuser: false, permissions: 4 })
    expect(await newLog()).toMatchObject([
      { content_type_id: CONTENT_TYPES.rule, object_id: '3', action_flag: 2, user_id: ALICE.id },
      { content_type_id: CONTENT_TYPES.camera, object_repr: 'Shed', action_flag: 1, user_id: ALICE.id },
    ])
  })

  it('closes what is taken from a group at once', async () => {
    const { admin, alice, sql } = await takeOver()
    expect((await alice.get(RULES)).status).toBe(200)
    // The permission to change rules remains, but it needs the permission to view them.
    await admin.submit(`${SUPPORT}change/`, { permissions: ['2', '12', '8'] })
    expect(await statusesOf(alice, [RULES, `${RULES}3/change/`, CAMERAS])).toEqual({
      [RULES]: 403,
      [`${RULES}3/change/`]: 403,
      [CAMERAS]: 200,
    })
    await admin.submit(`${USERS}${ALICE.id}/change/`, { groups: [], user_permissions: [] })
    expect(await statusesOf(alice, ['/admin/', CAMERAS, USERS])).toEqual({
      '/admin/': 200,
      [CAMERAS]: 403,
      [USERS]: 403,
    })
    // The old rows are kept, not replaced by equal ones.
    expect(await sql`select id::int, permission_id from auth_group_permissions order by id`).toEqual([
      { id: 1, permission_id: 2 },
      { id: 2, permission_id: 12 },
      { id: 4, permission_id: 8 },
    ])
  })

  it('logs what is added, changed and deleted as Django does', async () => {
    const { admin, newLog, sql } = await takeOver()
    await admin.submit(`${SUPPORT}change/`, { name: 'Helpers', permissions: ['2', '4'] })
    await admin.submit(`${CAMERAS}1/change/`, { location: 'Gate' })
    await admin.submit(`${RULES}3/delete/`, { post: 'yes' })
    const password = { password1: PASSWORD, password2: PASSWORD }
    const added = await admin.submit(`${USERS}add/`, { email: 'dora@example.com', ...password })
    const [, dora = ''] = /(\d+)\/change\/$/.exec(added.location ?? '') ?? []
    await admin.submit(`${USERS}${dora}/delete/`, { post: 'yes' })
    await admin.submit(`${GROUPS}1/delete/`, { post: 'yes' })

    const by = { user_id: ADMIN.id }
    const changed = (...fields: string[]) => ({
      action_flag: 2,
      change_message: `[{"changed": {"fields": [${fields.map((field) => `"${field}"`).join(', ')}]}}]`,
    })
    const helpers = { content_type_id: CONTENT_TYPES.group, object_id: '1', object_repr: 'Helpers' }
    const person = { content_type_id: CONTENT_TYPES.user, object_id: dora, object_repr: 'dora@example.com' }
    const deleted = { action_flag: 3, change_message: '' }
    expect(await newLog()).toEqual([
      { ...helpers, ...changed('Name', 'Permissions'), ...by },
      {
        content_type_id: CONTENT_TYPES.camera,
        object_id: '1',
        object_repr: 'Gate',
        ...changed('Location'),
        ...by,
      },
      {
        content_type_id: CONTENT_TYPES.rule,
        object_id: '3',
        object_repr: 'Cat',
        ...deleted,
        ...by,
      },
      { ...person, action_flag: 1, change_message: '[{"added": {}}]', ...by },
      { ...person, ...deleted, ...by },
      { ...helpers, ...deleted, ...by },
    ])
    expect(await sql`select from users_groups`).toHaveLength(0)
    // Django's models, and models that it does not know.
    expect(await sql`select from django_content_type`).toHaveLength(8 + 5)
    expect(await sql`select from auth_permission`).toHaveLength(32 + 20)
  })

  it('shows one history of what both services did', async () => {
    const { admin, sql } = await takeOver()
    await admin.submit(`${CAMERAS}1/change/`, { location: 'Gate' })
    // The statement of Django, which leaves the id to the table.
    await sql`
      INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message")
      VALUES ('2026-11-23T01:27:39.150798+00:00'::timestamptz, 1, 3, '1', 'Camera object (1)', 2, '[{"changed": {"fields": ["Owner"]}}]')
      RETURNING "django_admin_log"."id"`
    // Django's own query for the page.
    const seen = await sql`
      SELECT "django_admin_log"."action_flag", "django_admin_log"."change_message", "users"."email"
      FROM "django_admin_log" INNER JOIN "users" ON ("django_admin_log"."user_id" = "users"."id")
      LEFT OUTER JOIN "django_content_type" ON ("django_admin_log"."content_type_id" = "django_content_type"."id")
      WHERE ("django_admin_log"."content_type_id" = 3 AND "django_admin_log"."object_id" = '1')
      ORDER BY "django_admin_log"."action_time" ASC`
    expect(seen).toHaveLength(2)
    for (const { action_flag, email } of seen) expect([action_flag, email]).toEqual([2, ADMIN.email])
    const { text } = await admin.get(`${CAMERAS}1/history/`)
    expect(text).toMatch(/admin@example\.com Changed Owner\. .*admin@example\.com Changed Location\./)
  })
})
