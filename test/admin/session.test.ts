import { describe, expect, it } from 'vitest'
import { admin } from '../../src/app.ts'
import { hashPassword } from '../../src/auth/passwords.ts'
import {
  aStaffUser,
  aSuperuser,
  Browser,
  fieldsOf,
  formOf,
  type Page,
  sessionCookie,
  signedIn,
} from '../support/browser.ts'
import { breakSql, newRequestId, send, statementsOf } from '../support/client.ts'
import { aCamera, aUser, newEmail, newSerial, PASSWORD, sql } from '../support/factories.ts'
import { read } from '../support/tokens.ts'

const LOGIN = '/admin/login/'
const WRONG =
  'Please enter the correct email and password for a staff account. Note that the password is case-sensitive.'

/** A hash in Django's format, with a cost that suits a test. */
async function djangoHash(password: string) {
  const [key, salt] = [password, 'seasalt'].map((text) => new TextEncoder().encode(text)) as [
    Uint8Array,
    Uint8Array,
  ]
  const material = await crypto.subtle.importKey('raw', key, 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 1000 }
  const bits = new Uint8Array(await crypto.subtle.deriveBits(parameters, material, 256))
  return `pbkdf2_sha256$1000$seasalt$${bits.toBase64()}`
}

const hashOf = async (id: number) =>
  (await sql`select password from users where id = ${id}`)[0]?.password as string

describe('signing in', () => {
  it('sends strangers to the sign-in page, and back to where they wanted to go', async () => {
    const user = await aUser({ isStaff: true, isSuperuser: true })
    const browser = new Browser()
    const refused = await browser.get('/admin/camera/camera/?q=door')
    expect(refused.status).toBe(302)
    expect(refused.location).toBe('/admin/login/?next=%2Fadmin%2Fcamera%2Fcamera%2F%3Fq%3Ddoor')
    const answer = await browser.submit(refused.location!, {
      email: user.email.toUpperCase(),
      password: PASSWORD,
    })
    expect(answer.status).toBe(302)
    expect(answer.location).toBe('/admin/camera/camera/?q=door')
    expect((await browser.follow(answer)).text).toContain('Select camera to change')
  })

  it('takes a password with spaces around it, as the API does', async () => {
    const { email } = await aUser({ isStaff: true })
    const answer = await new Browser().submit(LOGIN, { email, password: ` ${PASSWORD} ` })
    expect(answer.location).toBe('/admin/')
  })

  it('takes a password with blanks at its ends as Django’s admin kept it, and only so', async () => {
    const { id, email } = await aUser({ isStaff: true, password: await djangoHash(' spaces kept ') })
    const signIn = (password: string) => new Browser().submit(LOGIN, { email, password })
    for (const password of ['spaces kept', ' spaces kept', '  spaces kept ', ' spaces  kept ', ' '])
      expect((await signIn(password)).text).toContain(WRONG)
    expect((await signIn(' spaces kept ')).location).toBe('/admin/')
    // The password is rehashed, and the hash still matches it.
    await expect.poll(() => hashOf(id)).toMatch(/^pbkdf2_sha512_chain/)
    expect((await signIn(' spaces kept ')).location).toBe('/admin/')
    expect((await signIn('spaces kept')).text).toContain(WRONG)
  })

  it('hashes anew what the blanks were taken from', async () => {
    const { id, email } = await aUser({ isStaff: true, password: await djangoHash('no spaces kept') })
    const signIn = (password: string) => new Browser().submit(LOGIN, { email, password })
    expect((await signIn('\tno spaces kept ')).location).toBe('/admin/')
    await expect.poll(() => hashOf(id)).toMatch(/^pbkdf2_sha512_chain/)
    expect((await signIn('no spaces kept')).location).toBe('/admin/')
  })

  it('counts a wrong password with blanks at its ends once', async () => {
    const { id, email } = await aUser({ isStaff: true })
    await new Browser().submit(LOGIN, { email, password: ' not-this-one ' })
    expect(await sql`select failures from sign_in_attempts where account = ${String(id)}`).toEqual([
      { failures: 1 },
      { failures: 1 },
    ])
  })

  it('gives a cookie that scripts and other sites do not get', async () => {
    const user = await aUser({ isStaff: true })
    const answer = await new Browser().submit(LOGIN, { email: user.email, password: PASSWORD })
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('admin_session='))
    expect(cookie).toMatch(/^admin_session=[^;]+; Path=\/admin; HttpOnly; Secure; SameSite=Lax$/)
  })

  it('gives a cookie of this very account, which after a restore opens no other', async () => {
    const user = await aUser({ isStaff: true, isSuperuser: true })
    const camera = await aCamera(user, 'Porch')
    const browser = new Browser()
    await browser.submit(LOGIN, { email: user.email, password: PASSWORD })
    expect(read(browser.cookies.get('admin_session')!).claims).toMatchObject({ sub: user.publicUserId })
    expect((await browser.get('/admin/')).status).toBe(200)

    const { cookie, csrf } = await sessionCookie(user, undefined, { sub: crypto.randomUUID() })
    browser.cookies.set('admin_session', cookie)
    expect((await browser.get('/admin/')).location).toContain('/admin/login/')
    const path = `/admin/camera/camera/${camera.id}/change/`
    const answer = await browser.post(path, {
      csrfmiddlewaretoken: csrf,
      owner: user.email,
      location: 'Mine',
    })
    expect(answer.location).toContain('/admin/login/')
    expect(await sql`select location from camera_camera where id = ${camera.id}`).toEqual([
      { location: 'Porch' },
    ])
  })

  it.each([
    ['a wrong password', { isStaff: true }, 'not-this-one-either'],
    ['an account that is no staff’s', {}, PASSWORD],
    ['an inactive account', { isStaff: true, isActive: false }, PASSWORD],
  ])('refuses %s in the same words, keeping the email', async (_, account, password) => {
    const { email } = await aUser(account)
    const browser = new Browser()
    const answer = await browser.submit(LOGIN, { email, password })
    expect(answer.status).toBe(200)
    expect(answer.text).toContain(WRONG)
    expect(answer.html).toContain(`value="${email}"`)
    expect(answer.html).not.toContain(password)
    expect(browser.cookies.has('admin_session')).toBe(false)
  })

  it('tells nobody who has an account', async () => {
    const people = await Promise.all([
      aUser(),
      aUser({ isStaff: true }),
      aUser({ isStaff: true, isSuperuser: true }),
      aUser({ isStaff: true, isActive: false }),
    ])
    const seen = new Set<string>()
    for (const email of [newEmail(), ...people.map(({ email }) => email)]) {
      const browser = new Browser()
      const { status, headers, html } = await browser.submit(LOGIN, { email, password: 'not-this-one' })
      const same = [...headers].filter(([name]) => !['x-request-id', 'server-timing'].includes(name))
      const page = JSON.stringify([status, same, html])
      seen.add(
        page.replaceAll(browser.cookies.get('admin_csrf')!, 'the token').replaceAll(email, 'the email'),
      )
    }
    expect(seen.size).toBe(1)
    expect([...seen][0]).toMatch(/^\[200,.*the token.*value=\\"the email\\"/)
  })

  it.each([
    'https://evil.example/',
    '//evil.example/admin/',
    String.raw`/\evil.example/admin/`,
    'javascript:alert(1)',
    '/v1/users/',
    '/administration/',
    '/admin/../v1/users/',
    '/admin/login/',
    '/admin/logout/',
    'https://scout.test.evil.example/admin/',
  ])('does not go on to %s', async (next) => {
    const { email } = await aUser({ isStaff: true })
    const path = `${LOGIN}?${new URLSearchParams({ next })}`
    const answer = await new Browser().submit(path, { email, password: PASSWORD })
    expect(answer.location).toBe('/admin/')
  })

  it('shares the limit on failed attempts with the API', async () => {
    const { email } = await aUser({ isStaff: true })
    const browser = new Browser({ THROTTLE: 'on' })
    for (let attempt = 0; attempt < 10; attempt++)
      expect((await browser.submit(LOGIN, { email, password: 'not-this-one' })).status).toBe(200)
    const answer = await browser.submit(LOGIN, { email, password: PASSWORD })
    expect(answer.status).toBe(429)
    expect(answer.text).toContain('Request was throttled.')
    expect(answer.headers.get('Retry-After')).toMatch(/^\d+$/)
  })

  it('refuses a form without its token, or with another', async () => {
    const { email } = await aUser({ isStaff: true })
    for (const csrfmiddlewaretoken of [[], ['0'.repeat(32)]]) {
      const answer = await new Browser().submit(LOGIN, { email, password: PASSWORD, csrfmiddlewaretoken })
      expect(answer.status).toBe(403)
      expect(answer.text).toContain('CSRF verification failed')
    }
  })

  it('passes over the page for somebody who is signed in', async () => {
    const { browser } = await aSuperuser()
    expect((await browser.get(`${LOGIN}?next=/admin/rules/rule/`)).location).toBe('/admin/rules/rule/')
  })
})

describe('a session', () => {
  it('ends with a sign-out, by POST alone', async () => {
    const { browser } = await aSuperuser()
    expect((await browser.get('/admin/logout/')).status).toBe(405)
    const answer = await browser.submit('/admin/', {}).then(() => browser.get('/admin/'))
    const out = await browser.post('/admin/logout/', {
      csrfmiddlewaretoken: /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(answer.html)![1]!,
    })
    expect(out.text).toContain('Thanks for spending some quality time with the web site today.')
    expect((await browser.get('/admin/')).status).toBe(302)
  })

  it('ends after 12 hours', async () => {
    const { user, browser } = await aSuperuser()
    browser.cookies.set(
      'admin_session',
      (await sessionCookie(user, Math.floor(Date.now() / 1000) - 12 * 3600)).cookie,
    )
    expect((await browser.get('/admin/')).location).toBe('/admin/login/?next=%2Fadmin%2F')
  })

  it.each([
    [
      'the password is changed',
      (id: number) =>
        sql`update users set sessions_valid_from = now() + interval '1 second' where id = ${id}`,
    ],
    [
      'the account is made inactive',
      (id: number) => sql`update users set is_active = false where id = ${id}`,
    ],
    ['the account is deleted', (id: number) => sql`delete from users where id = ${id}`],
  ])('ends when %s', async (_, happens) => {
    const { user, browser } = await aSuperuser()
    await happens(user.id)
    expect((await browser.get('/admin/camera/camera/')).status).toBe(302)
    expect((await browser.get(LOGIN)).status).toBe(200)
  })

  it('ends when the staff status is taken away, and says so', async () => {
    const { user, browser } = await aSuperuser()
    await sql`update users set is_staff = false where id = ${user.id}`
    const refused = await browser.get('/admin/')
    expect(refused.status).toBe(302)
    expect((await browser.follow(refused)).text).toContain(
      `You are authenticated as ${user.email}, but are not authorized to access this page.`,
    )
  })

  it('is no API token, and an API token is no session', async () => {
    const user = await aUser({ isStaff: true, isSuperuser: true })
    const { cookie } = await sessionCookie(user)
    const answer = await send('GET', '/v1/users/', { token: cookie })
    expect(answer.status).toBe(401)
    expect(answer.body.messages[0].message).toBe('Token has wrong type')
    for (const token of [user.access, user.refresh, `${cookie}x`, 'nonsense']) {
      const browser = new Browser()
      browser.cookies.set('admin_session', token)
      expect((await browser.get('/admin/')).status).toBe(302)
    }
  })
})

describe('every page', () => {
  it('is private, and runs no script of another site', async () => {
    const { browser } = await aSuperuser()
    for (const path of ['/admin/', LOGIN, '/admin/camera/camera/', '/admin/nowhere/']) {
      const { headers, html } = await browser.get(path)
      expect(headers.get('Cache-Control')).toBe('no-store')
      if (html === '') continue
      expect(headers.get('Content-Security-Policy')).toMatch(
        /^default-src 'none'; style-src 'self'; script-src 'self';/,
      )
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(html).not.toMatch(/ style="| on[a-z]+="|<script>|<style/)
      expect(html.startsWith('<!doctype html><html lang="en">')).toBe(true)
    }
  })

  it('is named in its title', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user, 'Porch <1>')
    const titles = {
      '/admin/': 'Site administration',
      '/admin/users/': 'Users administration',
      '/admin/password_change/': 'Password change',
      '/admin/password_change/done/': 'Password change successful',
      '/admin/nowhere/': 'Page not found',
      '/admin/camera/camera/': 'Select camera to change',
      '/admin/camera/camera/add/': 'Add camera',
      [`/admin/camera/camera/${id}/change/`]: 'Change camera',
      [`/admin/camera/camera/${id}/delete/`]: 'Delete',
      [`/admin/camera/camera/${id}/history/`]: 'Change history: Porch &lt;1&gt;',
      [`/admin/users/user/${user.id}/password/`]: `Change password: ${user.email}`,
    }
    for (const [path, title] of Object.entries(titles))
      expect((await browser.get(path)).html).toContain(`<title>${title} | Scout administration</title>`)
    const { html } = await new Browser().get(LOGIN)
    expect(html).toContain('<title>Log in | Scout administration</title>')
    const { browser: reader } = await aStaffUser('camera.view_camera')
    for (const [path, title] of [
      ['', 'Select camera to view'],
      [`${id}/change/`, 'View camera'],
    ])
      expect((await reader.get(`/admin/camera/camera/${path}`)).html).toContain(`<title>${title} |`)
  })

  it('takes one round trip to the database', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user)
    const paths = [
      '',
      'camera/camera/',
      'camera/camera/?q=door&o=1',
      'camera/camera/add/',
      'users/',
      'password_change/',
    ]
    for (const path of [
      ...paths,
      ...['change', 'delete', 'history'].map((page) => `camera/camera/${id}/${page}/`),
    ]) {
      const { status, requestId } = await browser.get(`/admin/${path}`)
      expect(status).toBe(200)
      expect(await statementsOf(requestId)).toHaveLength(1)
    }
  })

  it('answers with and without its trailing slash', async () => {
    const { browser } = await aSuperuser()
    for (const path of ['/admin', '/admin/rules/rule', '/admin/rules', '/admin/auth/group/add'])
      expect((await browser.get(path)).status).toBe(200)
  })

  it('finds its style and script under names that never change their content', async () => {
    const { html } = await new Browser().get(LOGIN)
    const paths = [...html.matchAll(/(?:href|src)="(\/admin\/static\/[^"]+)"/g)].map(([, path]) => path!)
    expect(paths).toHaveLength(3)
    for (const path of paths) {
      const { status, headers } = await new Browser().get(path)
      expect(status).toBe(200)
      expect(headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
      expect(headers.get('Content-Type')).toMatch(/^(text\/css|text\/javascript|image\/svg\+xml)/)
    }
    expect((await new Browser().get('/admin/static/common-passwords.txt')).status).toBe(404)
  })

  it('is a page where there is none, and where the id is no number', async () => {
    const { browser } = await aSuperuser()
    for (const path of [
      'nowhere',
      'camera/nothing',
      'camera/camera/abc/change',
      'camera/camera/-1/delete',
      'camera/camera/99999999999999999999/history',
    ]) {
      const { status, text } = await browser.get(`/admin/${path}/`)
      expect(status).toBe(404)
      expect(text).toContain('the requested page could not be found')
    }
  })

  it('is one too where the method is none of its path’s', async () => {
    const { browser } = await aSuperuser()
    const sent = [
      ['DELETE', '/admin/camera/camera/7/change/', 'GET, HEAD, POST, OPTIONS'],
      ['POST', '/admin/', 'GET, HEAD, OPTIONS'],
      ['GET', '/admin/logout/', 'POST, OPTIONS'],
    ] as const
    const [csrfmiddlewaretoken = ''] = fieldsOf((await browser.get('/admin/')).html).csrfmiddlewaretoken ?? []
    for (const [method, path, allow] of sent) {
      const body = method === 'POST' ? new URLSearchParams({ csrfmiddlewaretoken }) : undefined
      const { status, headers, html, text } = await browser.send(method, path, body)
      expect([status, headers.get('Allow')]).toEqual([405, allow])
      expect(html).toContain('<title>Method not allowed | Scout administration</title>')
      expect(text).toContain(`Method "${method}" not allowed.`)
    }
    const options = await browser.send('OPTIONS', '/admin/logout/')
    expect([options.status, options.headers.get('Allow'), options.html]).toEqual([204, 'POST, OPTIONS', ''])
  })

  it('goes from a row’s address to its form', async () => {
    const { browser } = await aSuperuser()
    expect((await browser.get('/admin/camera/camera/7/')).location).toBe('/admin/camera/camera/7/change/')
  })

  it('refuses a form without its token, or with another session’s', async () => {
    const { user, browser } = await aSuperuser()
    const other = await sessionCookie(user)
    for (const fields of [{}, { csrfmiddlewaretoken: other.csrf }]) {
      const answer = await browser.post('/admin/camera/camera/add/', {
        ...fields,
        owner: user.email,
        location: 'Attic',
      })
      expect(answer.status).toBe(403)
      expect(answer.text).toContain('CSRF verification failed')
    }
    expect(await sql`select from camera_camera where owner_id = ${user.id}`).toHaveLength(0)
  })

  it('refuses a body that is no form, or too long a one', async () => {
    const { browser } = await aSuperuser()
    const json = await browser.send('POST', '/admin/camera/camera/add/', '{}', {
      'Content-Type': 'application/json',
    })
    expect(json.status).toBe(415)
    const long = await browser.post('/admin/camera/camera/add/', { location: 'x'.repeat(1024 * 1024) })
    expect(long.status).toBe(413)
  })
})

describe('every route', () => {
  const OPEN = ['GET /admin/static/:file', 'GET /admin/login', 'POST /admin/login']
  const routes = admin.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)
  const guarded = [...new Set(routes)].filter((route) => !OPEN.includes(route))

  it.each(guarded)('turns strangers away: %s', async (route) => {
    const [method = '', path = ''] = route.split(' ')
    const body = method === 'POST' ? new URLSearchParams({ post: 'yes' }) : undefined
    const answer = await new Browser().send(method, path.replace(':id', '1'), body)
    expect(answer.status).toBe(302)
    expect(answer.location).toMatch(/^\/admin\/login\/\?next=/)
    expect(await statementsOf(answer.requestId)).toHaveLength(0)
  })

  it.each(guarded.filter((route) => route.startsWith('POST')))('wants its token: %s', async (route) => {
    const { browser } = await aSuperuser()
    const answer = await browser.post(route.slice(5).replace(':id', '1'), { post: 'yes' })
    expect(answer.status).toBe(403)
    expect(await statementsOf(answer.requestId)).toHaveLength(0)
  })
})

describe('one’s own password', () => {
  const PATH = '/admin/password_change/'
  const FRESH = 'a-quiet-harbour-9'
  const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
  const typed = ({ html }: Page) =>
    formOf({ ...fieldsOf(html), old_password: PASSWORD, new_password1: FRESH, new_password2: FRESH })

  it('is changed, ends other sessions and goes on with this one', async () => {
    const { user, browser } = await aStaffUser()
    const other = new Browser()
    other.cookies.set('admin_session', (await sessionCookie(user, Math.floor(Date.now() / 1000) - 5)).cookie)
    const answer = await browser.submit(PATH, {
      old_password: PASSWORD,
      new_password1: FRESH,
      new_password2: FRESH,
    })
    expect(answer.location).toBe('/admin/password_change/done/')
    expect((await browser.follow(answer)).text).toContain('Your password was changed.')
    expect((await other.get('/admin/')).status).toBe(302)
    const signIn = await new Browser().submit(LOGIN, { email: user.email, password: FRESH })
    expect(signIn.location).toBe('/admin/')
  })

  it.each([
    [
      'a wrong old one',
      { old_password: 'x' },
      'Your old password was entered incorrectly. Please enter it again.',
    ],
    ['two that differ', { new_password2: 'another-one-77' }, 'The two password fields didn’t match.'],
    ['a short one', { new_password1: '1b3', new_password2: '1b3' }, 'This password is too short.'],
    ['none', { old_password: '', new_password1: '', new_password2: '' }, 'This field is required.'],
  ])('is refused with %s', async (_, fields, words) => {
    const { user, browser } = await aStaffUser()
    const before = await sql`select password from users where id = ${user.id}`
    const answer = await browser.submit(PATH, {
      old_password: PASSWORD,
      new_password1: FRESH,
      new_password2: FRESH,
      ...fields,
    })
    expect(answer.status).toBe(200)
    expect(answer.text).toContain(words)
    expect(await sql`select password from users where id = ${user.id}`).toEqual(before)
  })

  it.concurrent('is changed though a sign-in hashes the old one anew meanwhile', async () => {
    const { user, browser } = await aStaffUser()
    const [page, request] = [await browser.get(PATH), newRequestId()]
    // The first, the one that takes back the guess, and the one that changes are late: the hash changes between them.
    await breakSql({ fault: 'delay', request, times: 3, milliseconds: 1_000 })
    const changing = browser.send('POST', PATH, typed(page), { 'X-Request-Id': request })
    await wait(1_500)
    await sql`update users set password = ${await hashPassword(PASSWORD, 11)} where id = ${user.id}`
    expect((await changing).location).toBe('/admin/password_change/done/')
    expect((await browser.get('/admin/')).status).toBe(200)
    const signIn = await new Browser().submit(LOGIN, { email: user.email, password: FRESH })
    expect(signIn.location).toBe('/admin/')
  })

  it.concurrent('ends a session that began by the old one while it was changed', async () => {
    const { user, browser } = await aStaffUser()
    const [page, request, thief] = [await browser.get(PATH), newRequestId(), new Browser()]
    const form = formOf({ ...fieldsOf((await thief.get(LOGIN)).html), email: user.email, password: PASSWORD })
    await breakSql({ fault: 'delay', request, times: 1, millisecondsAfter: 2_500 })
    const changing = browser.send('POST', PATH, typed(page), { 'X-Request-Id': request })
    await wait(1_100)
    expect((await thief.send('POST', LOGIN, form)).location).toBe('/admin/')
    expect((await changing).location).toBe('/admin/password_change/done/')
    expect([(await thief.get('/admin/')).status, (await browser.get('/admin/')).status]).toEqual([302, 200])
  })

  it.concurrent('ends a session that begins by the old one after it was changed', async () => {
    const { user, browser } = await aStaffUser()
    const [thief, request] = [new Browser(), newRequestId()]
    const { html } = await thief.get(LOGIN)
    await breakSql({ fault: 'delay', request, times: 1, millisecondsAfter: 2_500 })
    const fields = { ...fieldsOf(html), email: [user.email], password: [PASSWORD] }
    const signingIn = thief.send('POST', LOGIN, formOf(fields), { 'X-Request-Id': request })
    await wait(1_200)
    const done = await browser.send('POST', PATH, typed(await browser.get(PATH)))
    expect(done.location).toBe('/admin/password_change/done/')
    expect((await signingIn).location).toBe('/admin/')
    expect((await thief.get('/admin/')).status).toBe(302)
  })

  it('is known with the blanks at its ends that Django’s admin kept', async () => {
    const user = await aUser({ isStaff: true, password: await djangoHash(' spaces kept ') })
    const browser = await signedIn(user)
    const fresh = { new_password1: FRESH, new_password2: FRESH }
    const refused = await browser.submit(PATH, { old_password: 'spaces kept', ...fresh })
    expect(refused.text).toContain('Your old password was entered incorrectly.')
    const done = await browser.submit(PATH, { old_password: ' spaces kept ', ...fresh })
    expect(done.location).toBe('/admin/password_change/done/')
  })

  const failures = ({ id }: { id: number }) =>
    sql`select failures from sign_in_attempts where account = ${String(id)} order by network`

  it('is guessed at ten times from one network, sign-ins included', async () => {
    const { user } = await aStaffUser()
    const browser = await signedIn(user, { THROTTLE: 'on' })
    const before = await sql`select password from users where id = ${user.id}`
    const fresh = { new_password1: FRESH, new_password2: FRESH }
    for (let guess = 0; guess < 10; guess++)
      expect((await browser.submit(PATH, { old_password: 'not-this-one', ...fresh })).status).toBe(200)

    const answer = await browser.submit(PATH, { old_password: PASSWORD, ...fresh })
    browser.cookies.delete('admin_session')
    const signIn = await browser.submit(LOGIN, { email: user.email, password: PASSWORD })

    expect(answer.status).toBe(429)
    expect(answer.text).toContain('Request was throttled.')
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(14 * 60)
    expect(signIn.status).toBe(429)
    expect(await sql`select password from users where id = ${user.id}`).toEqual(before)
  })

  it('is no guess where it is right, or not given', async () => {
    const { user, browser } = await aStaffUser()
    await browser.submit(PATH, { old_password: '', new_password1: FRESH, new_password2: FRESH })
    expect(await failures(user)).toEqual([])

    await browser.submit(PATH, { old_password: 'not-this-one', new_password1: FRESH, new_password2: FRESH })
    expect(await failures(user)).toEqual([{ failures: 1 }, { failures: 1 }])

    await browser.submit(PATH, { old_password: PASSWORD, new_password1: FRESH, new_password2: 'another' })
    await expect.poll(() => failures(user)).toEqual([{ failures: 0 }, { failures: 0 }])
  })
})

it('keeps what was typed when the session ends in the middle of a form', async () => {
  const { user, browser } = await aSuperuser()
  const { id } = await aCamera(user, 'Porch')
  const path = `/admin/camera/camera/${id}/change/`
  const old = await sessionCookie(user, Math.floor(Date.now() / 1000) - 13 * 3600)
  const { html } = await browser.get(path)
  const version = /name="_version" value="([^"]+)"/.exec(html)![1]!
  browser.cookies.set('admin_session', old.cookie)
  const fields = { csrfmiddlewaretoken: old.csrf, _version: version, owner: user.email, location: 'Veranda' }
  const refused = await browser.post(path, fields)
  expect(refused.location).toBe(`/admin/login/?${new URLSearchParams({ next: path })}`)
  const back = await browser.submit(refused.location!, { email: user.email, password: PASSWORD })
  const resumed = await browser.follow(back)
  expect(resumed.text).toContain('Your session had ended before this was saved.')
  expect(resumed.html).toContain('value="Veranda"')
  expect(await sql`select location from camera_camera where id = ${id}`).toEqual([{ location: 'Porch' }])
  expect((await browser.get(path)).html).toContain('value="Porch"')
  expect((await browser.post(path, fieldsOf(resumed.html))).location).toBe('/admin/camera/camera/')
  expect(await sql`select location from camera_camera where id = ${id}`).toEqual([{ location: 'Veranda' }])
})

describe('what was typed when the session ended', () => {
  const LOST = 'nothing was saved, and what you typed could not be kept.'

  /** Submits a form in an ended session, signs in again and goes back. */
  async function resume(path: string, fields: Record<string, string | string[]>) {
    const { user, browser } = await aSuperuser()
    const form = fieldsOf((await browser.get(path)).html)
    const old = await sessionCookie(user, Math.floor(Date.now() / 1000) - 13 * 3600)
    browser.cookies.set('admin_session', old.cookie)
    const refused = await browser.post(path, { ...form, ...fields, csrfmiddlewaretoken: old.csrf })
    for (const [name, value] of browser.cookies) expect(`${name}=${value}`.length).toBeLessThan(4000)
    const signIn = await browser.follow(refused)
    const back = await browser.submit(refused.location!, { email: user.email, password: PASSWORD })
    return { user, browser, signIn, resumed: await browser.follow(back) }
  }

  it('comes back as long as the columns are, in any script', async () => {
    const emoji = Array.from({ length: 240 }, (_, index) => String.fromCodePoint(0x1f300 + index)).join('')
    const fields = { camera: '7', rule: emoji, rule_nickname: emoji }
    const { signIn, resumed } = await resume('/admin/rules/rule/add/', fields)
    expect(signIn.text).not.toContain(LOST)
    expect(fieldsOf(resumed.html)).toMatchObject(
      Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]])),
    )
  })

  it('comes back as the list that was pasted', async () => {
    const { resumed } = await resume('/admin/devices/device/add/', { lines: '0123456789ABCDEF' })
    expect(resumed.text).toContain('What you typed is filled in again: save it to keep it.')
    expect(fieldsOf(resumed.html).lines).toEqual(['0123456789ABCDEF'])
  })

  it('says nothing else of what is locked', async () => {
    const { user: staff, browser } = await aStaffUser('users.view_user', 'users.change_user')
    const user = await aUser({ isStaff: true })
    const path = `/admin/users/user/${user.id}/change/`
    const before = await browser.get(path)
    const old = await sessionCookie(staff, Math.floor(Date.now() / 1000) - 13 * 3600)
    browser.cookies.set('admin_session', old.cookie)
    const refused = await browser.post(path, { ...fieldsOf(before.html), csrfmiddlewaretoken: old.csrf })
    const back = await browser.submit(refused.location!, { email: staff.email, password: PASSWORD })
    const resumed = await browser.follow(back)
    const locked = (text: string) => /Active.*?(Yes|No).*?Staff status.*?(Yes|No)/s.exec(text)?.slice(1)
    expect(locked(before.text)).toEqual(['Yes', 'Yes'])
    expect(locked(resumed.text)).toEqual(['Yes', 'Yes'])
  })

  it('comes back with every permission, and is saved', async () => {
    const permissions = (await sql`select id::text from auth_permission order by id`).map(({ id }) => id)
    const name = crypto.randomUUID()
    const { browser, resumed } = await resume('/admin/auth/group/add/', { name, permissions })
    expect(fieldsOf(resumed.html).permissions?.toSorted()).toEqual(permissions.toSorted())
    const saved = await browser.post('/admin/auth/group/add/', fieldsOf(resumed.html))
    expect(saved.location).toBe('/admin/auth/group/')
    expect(
      await sql`select from auth_group_permissions join auth_group g on g.id = group_id where name = ${name}`,
    ).toHaveLength(permissions.length)
  })

  it('is said to be lost where it is too long, before and after the sign-in', async () => {
    const location = Array.from({ length: 200 }, () => crypto.randomUUID()).join('')
    const { signIn, resumed } = await resume('/admin/camera/camera/add/', { location })
    expect(signIn.text).toContain(LOST)
    expect(resumed.text).toContain('What you typed could not be kept while you logged in.')
    expect(resumed.html).not.toContain(location)
  })

  it('is said to be lost where nobody was signed in any more', async () => {
    const browser = new Browser()
    const refused = await browser.post('/admin/camera/camera/add/', { location: 'Porch' })
    expect((await browser.follow(refused)).text).toContain(LOST)
    expect((await browser.get(LOGIN)).text).not.toContain(LOST)
  })

  it('is not written over by a page of another site', async () => {
    const browser = new Browser()
    const forged = await browser.send('POST', '/admin/camera/camera/add/', new URLSearchParams(), {
      'Sec-Fetch-Site': 'cross-site',
    })
    expect(forged.location).toBe('/admin/login/?next=%2Fadmin%2Fcamera%2Fcamera%2Fadd%2F')
    expect(browser.cookies.has('admin_draft')).toBe(false)
  })

  it('comes back where another session began in another tab', async () => {
    const { user, browser } = await aSuperuser()
    const path = '/admin/camera/camera/add/'
    const fields = { ...fieldsOf((await browser.get(path)).html), owner: [user.email], location: ['Porch'] }
    browser.cookies.set('admin_session', (await sessionCookie(user)).cookie)
    const forged = await browser.send('POST', path, formOf(fields), { 'Sec-Fetch-Site': 'same-site' })
    expect([forged.status, browser.cookies.has('admin_draft')]).toEqual([403, false])
    const refused = await browser.send('POST', path, formOf(fields), { 'Sec-Fetch-Site': 'same-origin' })
    const back = await browser.follow(refused)
    expect(back.location).toBe(path)
    const resumed = await browser.follow(back)
    expect(resumed.text).toContain('What you typed is filled in again: save it to keep it.')
    expect(fieldsOf(resumed.html).location).toEqual(['Porch'])
    expect(await sql`select from camera_camera where owner_id = ${user.id}`).toEqual([])
    expect((await browser.post(path, fieldsOf(resumed.html))).location).toBe('/admin/camera/camera/')
  })

  it('is told of on a page to delete a row, and on the one for a new password', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user)
    for (const path of [`/admin/camera/camera/${id}/delete/`, '/admin/password_change/']) {
      const form = formOf(fieldsOf((await browser.get(path)).html))
      browser.cookies.set('admin_session', (await sessionCookie(user)).cookie)
      const refused = await browser.send('POST', path, form, { 'Sec-Fetch-Site': 'same-origin' })
      const back = await browser.follow(await browser.follow(refused))
      expect(back.text).toContain('Your session had ended: nothing was changed.')
      expect((await browser.get(path)).text).not.toContain('had ended')
    }
  })

  it('is not what a page of an earlier session sends to log out: it does', async () => {
    const { user, browser } = await aSuperuser()
    const form = formOf(fieldsOf((await browser.get('/admin/')).html))
    browser.cookies.set('admin_session', (await sessionCookie(user)).cookie)
    const answer = await browser.send('POST', '/admin/logout/', form, { 'Sec-Fetch-Site': 'same-origin' })
    expect([answer.status, browser.cookies.has('admin_session'), browser.cookies.has('admin_draft')]).toEqual(
      [200, false, false],
    )
  })

  it('is told of on the page of a row, for an action', async () => {
    const { user, browser } = await aSuperuser()
    const [device] =
      await sql`insert into devices (device_id, created_at) values (${newSerial()}, now()) returning id`
    const row = `/admin/devices/device/${device!.id}/`
    const old = await sessionCookie(user, Math.floor(Date.now() / 1000) - 13 * 3600)
    browser.cookies.set('admin_session', old.cookie)
    const refused = await browser.post(`${row}revoke/`, { csrfmiddlewaretoken: old.csrf })
    const back = await browser.submit(refused.location!, { email: user.email, password: PASSWORD })
    const onRow = await browser.follow(back)
    expect(onRow.location).toBe(`${row}change/`)
    expect((await browser.follow(onRow)).text).toContain('Your session had ended: nothing was changed.')
    expect(await sql`select revoked_at from devices where id = ${device!.id}`).toEqual([{ revoked_at: null }])
    expect((await browser.follow(await browser.get(`${row}revoke/`))).text).not.toContain('had ended')
  })

  it('is told of on a list, too', async () => {
    const path = '/admin/camera/camera/'
    const { resumed } = await resume(path, { action: 'delete_selected', _selected_action: '1', post: 'yes' })
    expect(resumed.text).toContain('Your session had ended: nothing was changed.')
  })
})

it('shows a page without a menu to whom nothing is permitted', async () => {
  const { browser } = await aStaffUser()
  expect((await browser.get('/admin/')).text).toContain('You don’t have permission to view or edit anything.')
})

it('lets a session of nobody’s staff in nowhere', async () => {
  const browser = await signedIn(await aUser())
  expect((await browser.get('/admin/')).status).toBe(302)
})

describe('a password that is set in the admin', () => {
  /** Inner blanks and an é of two characters are kept; outer blanks are trimmed, as in the API's sign-in. */
  const KEPT = 'a  quiet cafe\u0301\t9'
  const TYPED = ` ${KEPT}\u00a0`

  async function setByChange() {
    const { user, browser } = await aStaffUser()
    const fields = { old_password: PASSWORD, new_password1: TYPED, new_password2: TYPED }
    expect((await browser.submit('/admin/password_change/', fields)).location).toMatch(/done/)
    return user.email
  }

  async function setForAnother() {
    const { browser } = await aSuperuser()
    const { id, email } = await aUser({ isStaff: true })
    const fields = { password1: TYPED, password2: TYPED }
    expect((await browser.submit(`/admin/users/user/${id}/password/`, fields)).location).toMatch(/change/)
    return email
  }

  async function setForNew() {
    const { browser } = await aSuperuser()
    const email = newEmail()
    const fields = { email, password1: TYPED, password2: TYPED }
    expect((await browser.submit('/admin/users/user/add/', fields)).location).toMatch(/change/)
    await sql`update users set is_staff = true where email = ${email}`
    return email
  }

  it.each([
    ['by oneself', setByChange],
    ['for another', setForAnother],
    ['for a new account', setForNew],
  ])('works everywhere, with and without the blanks around it: %s', async (_, set) => {
    const email = await set()
    for (const password of [KEPT, TYPED, `${KEPT} `]) {
      expect((await new Browser().submit(LOGIN, { email, password })).location).toBe('/admin/')
      expect((await send('POST', '/v1/auth/token/', { json: { email, password } })).status).toBe(200)
    }
    for (const password of [KEPT.normalize('NFC'), KEPT.replace('  ', ' ')])
      expect((await new Browser().submit(LOGIN, { email, password })).text).toContain(WRONG)
  })
})
