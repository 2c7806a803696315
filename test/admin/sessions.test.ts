import { describe, expect, it } from 'vitest'
import { aStaffUser, aSuperuser, fieldsOf, logOf, signedIn } from '../support/browser.ts'
import { send } from '../support/client.ts'
import { aReset, aSession, aTarget, aUser, PASSWORD, sql, type User } from '../support/factories.ts'

const LIST = '/admin/users/session/'
const NEW_PASSWORD = 'calmer-waters-12'
const refresh = async (session: string) =>
  (await send('POST', '/v1/auth/sessions/refresh/', { json: { session } })).status
const left = async ({ id }: User) => {
  const [row] = await sql`select
    (select count(*)::int from sessions where user_id = ${id}) as sessions,
    (select coalesce(array_agg(kind order by kind), '{}') from push_targets where owner_id = ${id}) as targets,
    (select count(*)::int from password_resets where user_id = ${id} and used_at is null) as resets`
  return row
}

describe('sessions in the admin', () => {
  it('are listed, found by the email of their user, and shown without a secret', async () => {
    const { browser } = await aSuperuser()
    const [user, other] = [await aUser(), await aUser()]
    const { id, publicSessionId } = await aSession(user, 'Jane’s tablet')
    await aSession(other, 'Another phone')
    const [{ secret_hash }] = (await sql`select secret_hash from sessions where id = ${id}`) as [any]

    const list = await browser.get(`${LIST}?owner=${user.email.toUpperCase()}`)
    expect(list.text).toContain(`Jane’s tablet ${user.email}`)
    expect(list.text).not.toContain('Another phone')
    expect(list.text).not.toContain('Add session')
    const page = await browser.get(`${LIST}${id}/change/`)
    expect(page.text).toContain('View session')
    for (const shown of ['Jane’s tablet', user.email, publicSessionId]) expect(page.text).toContain(shown)
    expect(page.html).not.toContain(secret_hash)
    for (const query of ['?o=3', '?o=-4', '?last_used_at=today'])
      expect((await browser.get(LIST + query)).status).toBe(200)
    expect((await browser.get('/admin/')).text).toMatch(/Sessions View/)
  })

  it('are neither added nor changed, by superusers neither', async () => {
    const { browser } = await aSuperuser()
    const { id } = await aSession(await aUser())
    expect((await browser.get(`${LIST}add/`)).status).toBe(403)
    const [csrfmiddlewaretoken = ''] =
      fieldsOf((await browser.get(`${LIST}${id}/change/`)).html).csrfmiddlewaretoken ?? []
    expect(csrfmiddlewaretoken).not.toBe('')
    expect((await browser.post(`${LIST}add/`, { csrfmiddlewaretoken, name: 'Mine' })).status).toBe(403)
    expect((await browser.post(`${LIST}${id}/change/`, { csrfmiddlewaretoken, name: 'Mine' })).status).toBe(
      403,
    )
    expect(await sql`select name from sessions where id = ${id}`).toEqual([{ name: 'Phone' }])
  })

  it('end when they are deleted, at once and with their push targets', async () => {
    const { browser, user: staff } = await aSuperuser()
    const user = await aUser()
    const [phone, tablet] = [await aSession(user, 'Phone'), await aSession(user, 'Tablet')]
    await aTarget(user, 'apns', phone.id)
    expect((await browser.get(`${LIST}${phone.id}/delete/`)).text).toMatch(/push target.*apns/i)

    expect((await browser.submit(`${LIST}${phone.id}/delete/`)).location).toBe(LIST)

    expect([await refresh(phone.session), await refresh(tablet.session)]).toEqual([401, 200])
    expect((await send('GET', '/v1/cameras/', { token: phone.access })).status).toBe(401)
    expect(await left(user)).toMatchObject({ sessions: 1, targets: [] })
    expect(await logOf('session', phone.id)).toEqual([{ flag: 3, repr: 'Phone', message: '', by: staff.id }])
  })

  it('end many at a time', async () => {
    const { browser } = await aSuperuser()
    const user = await aUser()
    const ids = [(await aSession(user)).id, (await aSession(user)).id].map(String)
    const path = `${LIST}?owner=${user.email}`
    const asked = await browser.submit(path, { action: 'delete_selected', _selected_action: ids })
    await browser.post(path, {
      ...fieldsOf(asked.html),
      action: 'delete_selected',
      _selected_action: ids,
      post: 'yes',
    })
    expect(await left(user)).toMatchObject({ sessions: 0 })
  })

  it('need permissions of their own', async () => {
    const { id, session } = await aSession(await aUser())
    const { browser: nobody } = await aStaffUser('users.view_user')
    expect((await nobody.get(LIST)).status).toBe(403)
    const { browser: viewer } = await aStaffUser(
      'users.view_session',
      'users.change_session',
      'users.add_session',
    )
    expect((await viewer.get(LIST)).status).toBe(200)
    expect((await viewer.get(`${LIST}${id}/delete/`)).status).toBe(403)
    const { browser } = await aStaffUser('users.view_session', 'users.delete_session')
    expect((await browser.submit(`${LIST}${id}/delete/`)).status).toBe(302)
    expect(await refresh(session)).toBe(401)
  })

  it('go with their account, which needs no permission on them', async () => {
    const user = await aUser()
    await aSession(user, 'Jane’s tablet')
    const { browser } = await aStaffUser('users.view_user', 'users.delete_user')
    expect((await browser.get(`/admin/users/user/${user.id}/delete/`)).text).toContain('Jane’s tablet')
    expect((await browser.submit(`/admin/users/user/${user.id}/delete/`)).status).toBe(302)
    expect(await left(user)).toMatchObject({ sessions: 0 })
  })
})

describe('a password that is set in the admin', () => {
  /** A user with sessions, phones, webhooks and a reset email. */
  async function aHousehold(account = {}) {
    const user = await aUser(account)
    const phone = await aSession(user)
    await aTarget(user, 'apns', phone.id)
    for (const kind of ['apns', 'web_push', 'webhook', 'ntfy']) await aTarget(user, kind)
    await aReset(user)
    return { user, phone }
  }
  const ENDED = { sessions: 0, targets: ['ntfy', 'webhook'], resets: 0 }

  it('by staff ends every session, phone and mail of its user, and nobody else’s', async () => {
    const { browser } = await aSuperuser()
    const [{ user, phone }, { user: other }] = [await aHousehold(), await aHousehold()]
    const before = await left(other)

    const page = await browser.submit(`/admin/users/user/${user.id}/password/`, {
      password1: NEW_PASSWORD,
      password2: NEW_PASSWORD,
    })

    expect(page.status).toBe(302)
    expect(await left(user)).toEqual(ENDED)
    expect(await refresh(phone.session)).toBe(401)
    expect(await left(other)).toEqual(before)
  })

  it('by its owner does so, too', async () => {
    const { user } = await aHousehold({ isStaff: true })
    const browser = await signedIn(user)
    const page = await browser.submit('/admin/password_change/', {
      old_password: PASSWORD,
      new_password1: NEW_PASSWORD,
      new_password2: NEW_PASSWORD,
    })
    expect(page.location).toBe('/admin/password_change/done/')
    expect(await left(user)).toEqual(ENDED)
  })

  it('is not any other change, which ends a mail alone', async () => {
    const { browser } = await aSuperuser()
    const { user, phone } = await aHousehold()
    await browser.submit(`/admin/users/user/${user.id}/change/`, { first_name: 'Jane' })
    expect(await left(user)).toMatchObject({ sessions: 1, resets: 0 })
    expect(await refresh(phone.session)).toBe(200)
  })
})
