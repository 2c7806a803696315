import { describe, expect, it } from 'vitest'
import { aSuperuser, fieldsOf, logOf, type Page } from '../support/browser.ts'
import { statementsOf } from '../support/client.ts'
import { aCamera, aRule, aTarget, aUser, newEmail, PASSWORD, sql } from '../support/factories.ts'

const CAMERAS = '/admin/camera/camera/'
const locationOf = async (id: number) =>
  (await sql`select location from camera_camera where id = ${id}`)[0]?.location

/** The writing statements of a request, which may read before. */
const writesOf = async ({ requestId }: Page) => {
  const sent = await statementsOf(requestId)
  const statements = sent.flatMap((one) => ('sql' in one ? [one] : one.queries))
  return statements.filter(({ sql }) => /insert into|update |delete from/.test(sql))
}

describe('adding', () => {
  it('writes the row and its log row in one statement, and says so', async () => {
    const { user, browser } = await aSuperuser()
    const answer = await browser.submit(`${CAMERAS}add/`, {
      owner: user.email.toUpperCase(),
      location: ' Attic ',
    })
    expect(answer.status).toBe(302)
    expect(answer.location).toBe(CAMERAS)
    expect(await writesOf(answer)).toHaveLength(1)
    expect((await browser.follow(answer)).text).toContain('The camera “ Attic ” was added successfully.')
    const [row] = await sql`select id, location from camera_camera where owner_id = ${user.id}`
    expect(row?.location).toBe('Attic')
    expect(await logOf('camera', row!.id)).toEqual([
      { flag: 1, repr: 'Attic', message: '[{"added": {}}]', by: user.id },
    ])
  })

  it('names no row beside the id of another that was typed', async () => {
    const { user, browser } = await aSuperuser()
    const rule = await aRule(user, await aCamera(user, 'Orangery'))
    const other = await aCamera(user, 'Garage')
    const path = `/admin/rules/rule/${rule.id}/change/`
    expect((await browser.get(path)).html).toContain('<strong>Orangery</strong>')
    const refused = await browser.submit(path, { camera: String(other.id), rule: '' })
    expect(refused.html).toContain(`value="${other.id}"`)
    expect(refused.html).not.toContain('<strong>Orangery</strong>')
  })

  it('takes the public id of its page only, as it is signed for who asked for it', async () => {
    const [{ user, browser }, other] = [await aSuperuser(), await aSuperuser()]
    const keyIn = async (by: typeof browser) => String(fieldsOf((await by.get(`${CAMERAS}add/`)).html)._key)
    const [ours, theirs] = [await keyIn(browser), await keyIn(other.browser)]
    const chosen = ours.split('.')[0]!
    const idsAfter = async (_key: string) => {
      expect(
        (await browser.submit(`${CAMERAS}add/`, { owner: user.email, location: 'Attic', _key })).status,
      ).toBe(302)
      const rows = await sql`select public_camera_id as id from camera_camera where owner_id = ${user.id}`
      return rows.map(({ id }) => id as string)
    }
    for (const forged of [chosen, `${chosen}.`, `${chosen}.${theirs.split('.')[1]}`, theirs])
      expect(await idsAfter(forged)).not.toContain(forged.split('.')[0])
    expect(await idsAfter(ours)).toContain(chosen)
  })

  it('tells accounts apart whose emails differ by letter case only', async () => {
    const { browser } = await aSuperuser()
    const email = newEmail()
    const twins = [await aUser({ email: email.toUpperCase() }), await aUser({ email })]
    for (const twin of twins) {
      const answer = await browser.submit(`${CAMERAS}add/`, { owner: twin.email, location: 'Attic' })
      expect(answer.status).toBe(302)
      const [row] = await sql`select id from camera_camera where owner_id = ${twin.id}`
      const saved = await browser.submit(`${CAMERAS}${row?.id}/change/`, { location: 'Loft' })
      expect(saved.status).toBe(302)
      expect(await sql`select location from camera_camera where owner_id = ${twin.id}`).toEqual([
        { location: 'Loft' },
      ])
      const { html } = await browser.get(`${CAMERAS}?${new URLSearchParams({ owner: twin.email })}`)
      expect(html).toContain(`${CAMERAS}${row?.id}/change/`)
    }
  })

  it('goes on as the button says', async () => {
    const { user, browser } = await aSuperuser()
    const fields = { owner: user.email, location: 'Attic' }
    const another = await browser.submit(`${CAMERAS}add/`, { ...fields, _addanother: '' })
    expect(another.location).toBe(`${CAMERAS}add/`)
    expect((await browser.follow(another)).text).toContain('You may add another camera below.')
    const editing = await browser.submit(`${CAMERAS}add/`, { ...fields, _continue: '' })
    expect(editing.location).toMatch(/^\/admin\/camera\/camera\/\d+\/change\/$/)
    expect((await browser.follow(editing)).text).toContain('You may edit it again below.')
  })

  it('names every fault by its field and keeps what was typed', async () => {
    const { user, browser } = await aSuperuser()
    const location = `<b>"${'é'.repeat(98)}`
    const answer = await browser.submit(`${CAMERAS}add/`, { owner: 'nobody@example.com', location })
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('Please correct the errors below.')
    expect(answer.text).toContain('Select a valid choice. That choice is not one of the available choices.')
    expect(answer.text).toContain('Ensure this value has at most 100 characters (it has 102).')
    expect(fieldsOf(answer.html).location).toEqual([location])
    expect(answer.html).not.toContain('<b>')
    const empty = await browser.submit(`${CAMERAS}add/`, { owner: '', location: ' ' })
    expect(empty.text.match(/This field is required\./g)).toHaveLength(2)
    expect(await sql`select from camera_camera where owner_id = ${user.id}`).toHaveLength(0)
  })

  it('refuses what no column holds', async () => {
    const { user, browser } = await aSuperuser()
    const long = await browser.submit('/admin/auth/group/add/', {
      name: 'x'.repeat(151),
      permissions: '999999999',
    })
    expect(long.text).toContain('Ensure this value has at most 150 characters (it has 151).')
    expect(long.text).toContain('Select a valid choice.')
    expect(await sql`select from django_admin_log where user_id = ${user.id}`).toHaveLength(0)
  })

  it('drops null characters', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user)
    const fields = { owner: `${user.email}\0`, location: 'x\0y', _version: '\0' }
    expect((await browser.submit(`${CAMERAS}${id}/change/`, fields)).status).toBe(302)
    expect(await locationOf(id)).toBe('xy')
  })

  it('adds one row where the form is sent twice', async () => {
    const { user, browser } = await aSuperuser()
    const fields = {
      ...fieldsOf((await browser.get(`${CAMERAS}add/`)).html),
      owner: user.email,
      location: 'Attic',
    }
    for (const answer of [
      await browser.post(`${CAMERAS}add/`, fields),
      await browser.post(`${CAMERAS}add/`, fields),
    ])
      expect(answer.location).toBe(CAMERAS)
    const rows = await sql`select id from camera_camera where owner_id = ${user.id}`
    expect(rows).toHaveLength(1)
    expect(await logOf('camera', rows[0]!.id)).toHaveLength(1)
  })

  it('keeps what is sent under the key of a form that was saved with other entries', async () => {
    const { user, browser } = await aSuperuser()
    const path = `${CAMERAS}add/`
    const fields = { ...fieldsOf((await browser.get(path)).html), owner: user.email, location: 'Attic' }
    await browser.post(path, fields)
    for (const location of ['Porch', 'Porch '.repeat(20)]) {
      const refused = await browser.post(path, { ...fields, location })
      expect(refused.status).toBe(409)
      expect(refused.text).toContain('This form was already saved, as the camera “ Attic ”.')
      expect(fieldsOf(refused.html)).toMatchObject({ owner: [user.email], location: [location] })
    }
    const refused = await browser.post(path, { ...fields, location: 'Porch' })
    expect((await browser.post(path, fieldsOf(refused.html))).location).toBe(CAMERAS)
    expect(await sql`select location from camera_camera where owner_id = ${user.id} order by id`).toEqual([
      { location: 'Attic' },
      { location: 'Porch' },
    ])
  })

  it('adds one user where the form is sent twice', async () => {
    const { browser } = await aSuperuser()
    const path = '/admin/users/user/add/'
    const email = newEmail()
    const password = { password1: PASSWORD, password2: PASSWORD }
    const fields = { ...fieldsOf((await browser.get(path)).html), email, ...password }
    const [first, second] = [await browser.post(path, fields), await browser.post(path, fields)]
    expect(first.location).toMatch(/^\/admin\/users\/user\/\d+\/change\/$/)
    expect(second.location).toBe(first.location)
    expect((await browser.follow(second)).text).toContain(
      'successfully, with the password that was sent first.',
    )
    for (const typed of [{ first_name: 'Ada' }, { password2: 'a-quiet-harbour-9' }]) {
      const refused = await browser.post(path, { ...fields, ...typed })
      expect(refused.text).toContain(`This form was already saved, as the user “ ${email} ”.`)
      expect(refused.text).toContain('A user with that email already exists.')
    }
  })

  it.each([
    [
      'A <b>fox</b> after 10pm on weekends',
      'Scout reads this as: 22:00–06:00, Sat, Sun. Only a vision model can tell: <b>fox</b>.',
    ],
    ['A fox', 'Scout reads this as: nothing. Only a vision model can tell: fox.'],
    [
      'A fox after dusk',
      'Scout reads this as: nothing. Only a vision model can tell: fox, after dusk. At any hour, since this was not read: dusk.',
    ],
  ])('shows how a rule is read: %s', async (rule, words) => {
    const { user, browser } = await aSuperuser()
    const { id } = await aRule(user, await aCamera(user), rule)
    const { text } = await browser.get(`/admin/rules/rule/${id}/change/`)
    expect(text).toContain(`Reading: ${words}`)
  })

  it('reads a rule with all of its fields', async () => {
    const { user, browser } = await aSuperuser()
    const camera = await aCamera(user)
    const rule = {
      camera: String(camera.id),
      rule: 'Line one\r\nline two 🦊',
      rule_nickname: 'Fox',
    }
    const answer = await browser.submit('/admin/rules/rule/add/', { ...rule, is_enabled: [] })
    expect(answer.location).toBe('/admin/rules/rule/')
    expect(
      await sql`select rule, rule_nickname, is_enabled, owner_id::int from rules_rule where camera_id = ${camera.id}`,
    ).toEqual([{ rule: 'Line one\nline two 🦊', rule_nickname: 'Fox', is_enabled: false, owner_id: user.id }])
    for (const camera of ['abc', '0', '-1', '9'.repeat(30), "1'--", '999999999'])
      expect((await browser.submit('/admin/rules/rule/add/', { ...rule, camera })).text).toContain(
        'Select a valid choice.',
      )
  })

  it('takes a tick for none that the form does not list', async () => {
    const { user, browser } = await aSuperuser()
    const camera = await aCamera(user)
    const fields = { camera: String(camera.id), rule: 'Tell me of a fox', rule_nickname: 'Fox' }
    const { status } = await browser.submit('/admin/rules/rule/add/', {
      ...fields,
      _has: [],
      is_enabled: [],
    })
    expect(status).toBe(302)
    expect(await sql`select is_enabled from rules_rule where camera_id = ${camera.id}`).toEqual([
      { is_enabled: false },
    ])
  })
})

describe('changing', () => {
  it('logs no change of a text that the browser sends back as it was', async () => {
    const { user, browser } = await aSuperuser()
    const camera = await aCamera(user, ' Porch ')
    const { id } = await aRule(user, camera, ' one\r\ntwo\rthree ', 'Fox')
    const path = `/admin/rules/rule/${id}/change/`
    const saved = await browser.submit(path, { rule: ' one\r\ntwo\r\nthree ' })
    expect(saved.status).toBe(302)
    await browser.submit(`${CAMERAS}${camera.id}/change/`)
    for (const [model, row] of [
      ['rule', id],
      ['camera', camera.id],
    ] as const)
      expect((await logOf(model, row)).map(({ message }) => message)).toEqual(['[]'])
    expect(await sql`select rule from rules_rule where id = ${id}`).toEqual([{ rule: ' one\r\ntwo\rthree ' }])
    await browser.submit(path, { rule: 'one\r\ntwo\r\nthree' })
    expect(await sql`select rule from rules_rule where id = ${id}`).toEqual([{ rule: 'one\ntwo\nthree' }])
  })

  it('writes what changed to the row’s history', async () => {
    const { user, browser } = await aSuperuser()
    const other = await aUser()
    const { id } = await aCamera(user, 'Porch')
    const path = `${CAMERAS}${id}/change/`
    const changed = await browser.submit(path, { location: 'Veranda' })
    expect(changed.location).toBe(CAMERAS)
    expect(await writesOf(changed)).toHaveLength(1)
    await browser.submit(path, { location: 'Veranda' })
    await browser.submit(path, { location: 'Loft', owner: other.email })
    expect((await logOf('camera', id)).map(({ message }) => message)).toEqual([
      '[{"changed": {"fields": ["Location"]}}]',
      '[]',
      '[{"changed": {"fields": ["Owner", "Location"]}}]',
    ])
    const { text } = await browser.get(`${CAMERAS}${id}/history/`)
    expect(text).toContain('Changed Owner and Location.')
    expect(text).toContain('No fields changed.')
    expect((await browser.get('/admin/')).text).toContain('Changed: Loft')
  })

  it('says where a row is not, or not any more', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user)
    const path = `${CAMERAS}${id}/change/`
    const fields = { ...fieldsOf((await browser.get(path)).html), location: 'Typed at length' }
    await sql`delete from camera_camera where id = ${id}`
    const words = `The camera with ID “${id}” doesn’t exist. Perhaps it was deleted?`
    const saved = await browser.post(path, fields)
    expect(saved.status).toBe(404)
    expect(saved.text).toContain(`${words} Nothing was saved.`)
    expect(saved.html).toContain('Typed at length')
    for (const page of ['change', 'delete', 'history']) {
      const answer = await browser.get(`${CAMERAS}${id}/${page}/`)
      expect(answer.location).toBe('/admin/')
      expect((await browser.follow(answer)).text).toContain(words)
    }
  })

  it('says it of a rule, whose reading it knows no more', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aRule(user, await aCamera(user))
    const path = `/admin/rules/rule/${id}/change/`
    const fields = fieldsOf((await browser.get(path)).html)
    await sql`delete from rules_rule where id = ${id}`
    const { status, text } = await browser.post(path, fields)
    expect(status).toBe(404)
    expect(text).toContain('Reading: -')
  })

  it('tells of what somebody else saved meanwhile, before it is overwritten', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user, 'Porch')
    const path = `${CAMERAS}${id}/change/`
    const fields = fieldsOf((await browser.get(path)).html)
    await sql`update camera_camera set location = 'Loft' where id = ${id}`
    const answer = await browser.post(path, { ...fields, location: 'Veranda' })
    expect(answer.status).toBe(409)
    expect(answer.text).toContain('Somebody else changed this camera after you opened it.')
    expect(await locationOf(id)).toBe('Loft')
    expect((await browser.post(path, fieldsOf(answer.html))).status).toBe(302)
    expect(await locationOf(id)).toBe('Veranda')
  })

  it('takes a form that is sent twice for the same', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user, 'Porch')
    const fields = { ...fieldsOf((await browser.get(`${CAMERAS}${id}/change/`)).html), location: 'Veranda' }
    for (let time = 0; time < 2; time++)
      expect((await browser.post(`${CAMERAS}${id}/change/`, fields)).status).toBe(302)
  })

  it('goes back to the list as it was left', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user, 'Porch')
    const { html } = await browser.get(`${CAMERAS}?q=porch&owner=${user.email}`)
    const [, link] = new RegExp(`href="(/admin/camera/camera/${id}/change/[^"]*)"`).exec(html)!
    const answer = await browser.submit(link!, { location: 'Porch' })
    const asItWas = `${CAMERAS}?${new URLSearchParams({ q: 'porch', owner: user.email })}`
    expect(answer.location).toBe(asItWas)

    const [, toDelete = ''] = /href="([^"]*\/delete\/[^"]*)"/.exec((await browser.get(link!)).html) ?? []
    const back = /href="([^"]*)">\s*No, take me back/.exec((await browser.get(toDelete)).html)?.[1]
    expect(back).toBe(link)
    expect((await browser.submit(toDelete)).location).toBe(asItWas)
  })
})

describe('deleting', () => {
  it('lists all that goes along, and takes it along', async () => {
    const { user, browser } = await aSuperuser()
    const camera = await aCamera(user, 'Porch')
    await aRule(user, camera, 'Tell me of a fox', 'Foxes')
    const path = `${CAMERAS}${camera.id}/delete/`
    const { text } = await browser.get(path)
    expect(text).toContain('Are you sure you want to delete the camera “Porch”?')
    expect(text).toContain('Summary 1 camera 1 rule Objects Porch Rules Foxes')
    expect(text).toContain('All pictures of a deleted camera are erased, too.')
    const answer = await browser.submit(path)
    expect(answer.location).toBe(CAMERAS)
    expect((await browser.follow(answer)).text).toContain('The camera “Porch” was deleted successfully.')
    expect(await sql`select from rules_rule where camera_id = ${camera.id}`).toHaveLength(0)
    expect((await logOf('camera', camera.id)).at(-1)).toEqual({
      flag: 3,
      repr: 'Porch',
      message: '',
      by: user.id,
    })
    expect((await browser.submit('/admin/').then(() => browser.get(path))).location).toBe('/admin/')
  })

  it('lists where an account is notified', async () => {
    const [{ browser }, user] = [await aSuperuser(), await aUser()]
    await aTarget(user, 'web_push', null, { name: 'Pixel' })
    const { text } = await browser.get(`/admin/users/user/${user.id}/delete/`)
    expect(text).toContain('1 push target')
    expect(text).toContain('Push targets web_push Pixel')
    expect(text).toContain('All pictures of their cameras are erased, too.')
  })

  it('asks before it deletes those that were ticked, and logs each', async () => {
    const { user, browser } = await aSuperuser()
    const ids = await Promise.all(
      ['One', 'Two', 'Three'].map(async (name) => String((await aCamera(user, name)).id)),
    )
    const list = `${CAMERAS}?owner=${user.email}`
    const asked = await browser.submit(list, { action: 'delete_selected', _selected_action: ids.slice(0, 2) })
    expect(asked.status).toBe(200)
    expect(asked.text).toContain('Are you sure you want to delete the selected cameras?')
    expect(asked.text).toContain('2 cameras')
    const done = await browser.post(list, fieldsOf(asked.html))
    expect((await browser.follow(done)).text).toContain('Successfully deleted 2 cameras.')
    expect(await sql`select id::text from camera_camera where owner_id = ${user.id}`).toEqual([
      { id: ids[2] },
    ])
    expect(await logOf('camera', ids[0]!)).toHaveLength(1)
    const again = await browser.post(list, fieldsOf(asked.html))
    expect((await browser.follow(again)).text).toContain('The selected cameras don’t exist any more.')
  })

  it('needs rows and an action', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user)
    const nothing = await browser.submit(CAMERAS, {
      action: 'delete_selected',
      _selected_action: ['abc', '-1'],
    })
    expect((await browser.follow(nothing)).text).toContain(
      'Items must be selected in order to perform actions on them.',
    )
    const noAction = await browser.submit(CAMERAS, { action: '', _selected_action: String(id) })
    expect((await browser.follow(noAction)).text).toContain('No action selected.')
    expect(await locationOf(id)).toBe('Front Door')
  })

  it('deletes 5,000 at once', async () => {
    const { user, browser } = await aSuperuser()
    const rows = await sql`
      insert into camera_camera (owner_id, location, created_at)
      select ${user.id}, 'Camera ' || i, now() from generate_series(1, 5000) i returning id::text`
    const ids = rows.map(({ id }) => id as string)
    const asked = await browser.submit(CAMERAS, { action: 'delete_selected', _selected_action: ids })
    expect(asked.text).toContain('5,000 cameras')
    expect(asked.text).toContain('and 4,900 more')
    const done = await browser.post(CAMERAS, fieldsOf(asked.html))
    expect((await browser.follow(done)).text).toContain('Successfully deleted 5,000 cameras.')
    expect(await sql`select from camera_camera where owner_id = ${user.id}`).toHaveLength(0)
    expect(await sql`select from django_admin_log where user_id = ${user.id}`).toHaveLength(5000)
  })
})

it('shows the history that Django wrote, plain text too, and pages through a long one', async () => {
  const { user, browser } = await aSuperuser()
  const { id } = await aCamera(user)
  await sql`
    insert into django_admin_log (action_time, user_id, content_type_id, object_id, object_repr, action_flag, change_message)
    select now(), ${user.id}, (select id from django_content_type where model = 'camera'), ${String(id)}, 'Porch', 2,
      case i when 1 then 'Changed by hand' when 2 then '[{"changed": {"name": "rule", "object": "Fox", "fields": ["Rule"]}}]' else '[]' end
    from generate_series(1, 105) i`
  const path = `${CAMERAS}${id}/history/`
  const { html, text } = await browser.get(path)
  expect(text.match(/No fields changed\./g)).toHaveLength(100)
  const older = await browser.get(path + /href="(\?before=\d+)"/.exec(html)![1]!)
  expect(older.text).toContain('Changed by hand')
  expect(older.text).toContain('Changed rule “Fox”.')
  expect(
    (await browser.get(`/admin/rules/rule/${(await aRule(user, await aCamera(user))).id}/history/`)).text,
  ).toContain('This object doesn’t have a change history. It probably wasn’t added via this admin site.')
})
