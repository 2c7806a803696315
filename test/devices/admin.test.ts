import { describe, expect, it } from 'vitest'
import { aStaffUser, aSuperuser, fieldsOf, logOf, signedIn } from '../support/browser.ts'
import { send } from '../support/client.ts'
import { aCamera, aDatabase, aDevice, aUser, newSerial, sql } from '../support/factories.ts'
import { beside, waitsFor } from '../support/race.ts'

const LIST = '/admin/devices/device/'
const ALL = ['view', 'add', 'change', 'delete'].map((action) => `devices.${action}_device`)
const register = (device_id: string, claim_token: string) =>
  send('POST', '/v1/cameras/register/', { json: { device_id, claim_token } })
/** The claim tokens on a page. */
const tokensIn = (html: string) => Array.from(html.matchAll(/<code>([^<]+)<\/code>/g), ([, token]) => token!)
const rowOf = async (serial: string) => (await sql`select * from devices where device_id = ${serial}`)[0]!

describe('staff', () => {
  it('provision cameras from a list, and print their stickers', async () => {
    const { user, browser } = await aStaffUser(...ALL)
    const serials = [newSerial(), newSerial()]
    const page = await browser.submit(`${LIST}add/`, {
      lines: ` ${serials[0]}\r\n\r\n${serials[1]}\r\n${serials[0]}`,
    })
    expect(page.status).toBe(200)
    const tokens = tokensIn(page.html)
    expect(tokens.map((token) => token.slice(0, 17))).toEqual(serials.map((serial) => `${serial}_`))
    expect(page.html.match(/<svg[^>]*viewBox/g)).toHaveLength(2)
    // Content that the page's policy would block.
    expect(page.html).not.toMatch(/ style=|<style|javascript:|data:/)
    for (const [n, serial] of serials.entries()) {
      expect((await register(serial, tokens[n]!)).status).toBe(201)
      const { id, claim_token_hash } = await rowOf(serial)
      expect(claim_token_hash).toMatch(/^[\da-f]{64}$/)
      expect(await logOf('device', id)).toEqual([
        { flag: 1, repr: serial, message: '[{"added": {}}]', by: user.id },
      ])
    }
  })

  it('are told which are there already, and those stay as they were', async () => {
    const { browser } = await aSuperuser()
    const [known, fresh] = [newSerial(), newSerial()]
    const first = await browser.submit(`${LIST}add/`, { lines: known })
    const before = await rowOf(known)
    const second = await browser.submit(`${LIST}add/`, { lines: `${known}\n${fresh}` })
    expect(second.text).toContain(`There already, and left as they were: ${known}.`)
    expect(second.text).toContain('If you have not seen their claim tokens, choose “Issue new claim tokens”')
    expect(tokensIn(second.html)).toHaveLength(1)
    const third = await browser.submit(`${LIST}add/`, { lines: known })
    expect(third.text).toContain(`There already, and left as they were: ${known}.`)
    expect(tokensIn(third.html)).toEqual([])
    expect(await rowOf(known)).toEqual(before)
    expect((await register(known, tokensIn(first.html)[0]!)).status).toBe(201)
  })

  it.each([
    ['nothing', ' \n ', 'This field is required.'],
    [
      'a line that is none',
      `${'x'.repeat(15)}\n${'y'.repeat(16)}`,
      `${'x'.repeat(15)}: a serial number has 16 characters.`,
    ],
    [
      'too many lines',
      Array.from({ length: 201 }, (_, n) => `${n}`.padStart(16, 'z')).join('\n'),
      'Ensure there are at most 200 lines (there are 201).',
    ],
  ])('are told what is wrong with %s, and nothing is done', async (_, lines, words) => {
    const { browser } = await aSuperuser()
    const page = await browser.submit(`${LIST}add/`, { lines })
    expect(page.text).toContain(words)
    expect(await rowOf('y'.repeat(16))).toBeUndefined()
    expect(await rowOf('z'.repeat(15) + '0')).toBeUndefined()
  })

  it('issue a new claim token: the sticker before is void, the camera goes on and may register anew', async () => {
    const { browser } = await aStaffUser(...ALL)
    const { id, deviceId, claimToken, deviceToken } = await aDevice()
    const page = await browser.post(`${LIST}${id}/issue_claim_token/`, {
      csrfmiddlewaretoken: await csrfIn(browser, id),
    })
    const [token] = tokensIn(page.html)
    const exchange = () =>
      send('POST', '/v1/cameras/auth/token/', { headers: { Authorization: `Device ${deviceToken}` } })
    expect((await exchange()).status).toBe(200)
    expect((await register(deviceId!, claimToken)).status).toBe(400)
    expect((await register(deviceId!, token!)).status).toBe(201)
    expect((await exchange()).status).toBe(401)
    expect(await logOf('device', id)).toMatchObject([
      { flag: 2, message: '[{"changed": {"fields": ["Claim token"]}}]' },
    ])
  })

  it('issue a new claim token to a revoked device: it leaves the camera that it was, for whoever has the sticker', async () => {
    const { browser } = await aStaffUser(...ALL)
    const [before, next] = [await aUser(), await aUser()]
    const { id, deviceId, access } = await aDevice({ camera: await aCamera(before) })
    await sql`update devices set revoked_at = now() where id = ${id}`
    const csrfmiddlewaretoken = await csrfIn(browser, id)
    const [token] = tokensIn(
      (await browser.post(`${LIST}${id}/issue_claim_token/`, { csrfmiddlewaretoken })).html,
    )

    expect((await send('POST', '/v1/cameras/heartbeat/', { token: access })).status).toBe(401)
    expect((await register(deviceId!, token!)).status).toBe(201)
    const json = { claim_token: token, location: 'Porch' }
    expect((await send('POST', '/v1/cameras/claim/', { token: next.access, json })).status).toBe(200)
  })

  it('revoke a device, and a new claim token makes it good again, not its old token', async () => {
    const { browser } = await aStaffUser(...ALL)
    const { id, deviceId, deviceToken } = await aDevice()
    const exchange = () =>
      send('POST', '/v1/cameras/auth/token/', { headers: { Authorization: `Device ${deviceToken}` } })
    const csrfmiddlewaretoken = await csrfIn(browser, id)
    await browser.post(`${LIST}${id}/revoke/`, { csrfmiddlewaretoken })
    expect((await exchange()).body).toEqual({ detail: 'Device has been revoked.' })
    const page = await browser.post(`${LIST}${id}/issue_claim_token/`, { csrfmiddlewaretoken })
    expect((await exchange()).body).toEqual({ detail: 'Invalid device token.' })
    expect((await register(deviceId!, tokensIn(page.html)[0]!)).status).toBe(201)
  })

  it('delete a device, and what it uploaded while it was nobody’s is erased', async () => {
    const { browser } = await aStaffUser(...ALL)
    const { id, publicCameraId } = await aDevice()
    expect((await browser.submit(`${LIST}${id}/delete/`, { post: 'yes' })).status).toBe(302)
    expect(await sql`select from devices where id = ${id}`).toEqual([])
    await expectErased(publicCameraId)
  })

  it('issue a new claim token to a revoked device, which leaves no picture under the id that it had', async () => {
    const { browser } = await aStaffUser(...ALL)
    const [revoked, live] = [await aDevice(), await aDevice()]
    await sql`update devices set revoked_at = now() where id = ${revoked.id}`
    for (const { id } of [revoked, live]) {
      const csrfmiddlewaretoken = await csrfIn(browser, id)
      await browser.post(`${LIST}${id}/issue_claim_token/`, { csrfmiddlewaretoken })
    }
    await expectErased(revoked.publicCameraId)
    expect(await erasuresOf(live.publicCameraId)).toEqual([])
  })

  it.each([
    [
      'a row’s page',
      (id: number) => `${LIST}${id}/change/`,
      (id: number) => `${LIST}${id}/issue_claim_token/`,
    ],
    ['the list', () => LIST, () => LIST],
  ])('issue claim tokens once from %s: loaded anew, it leaves the printed ones good', async (_, from, to) => {
    const { browser } = await aStaffUser(...ALL)
    const [{ id, deviceId }, other] = [await aDevice(), await aDevice()]
    const form = async () => ({
      ...fieldsOf((await browser.get(from(id))).html),
      action: 'issue_claim_token',
      _selected_action: [String(id)],
    })
    const first = await form()
    const [printed] = tokensIn((await browser.post(to(id), first)).html)
    const before = await rowOf(deviceId!)
    expect((await register(deviceId!, printed!)).status).toBe(201)

    const again = await browser.post(to(id), first)
    expect(again.status).toBe(302)
    expect((await browser.follow(again)).text).toContain(
      'This action was already done after you opened that page',
    )
    expect((await rowOf(deviceId!)).claim_token_hash).toBe(before.claim_token_hash)
    expect(await logOf('device', id)).toHaveLength(1)

    const both = await browser.post(LIST, { ...first, _selected_action: [id, other.id].map(String) })
    expect(tokensIn(both.html).map((token) => token.slice(0, 16))).toEqual([other.deviceId])
    expect(both.text).toContain('This action was already done after you opened that page')

    const [next] = tokensIn((await browser.post(to(id), await form())).html)
    expect(next).not.toBe(printed)
    expect((await register(deviceId!, next!)).status).toBe(201)
  })

  it('issue claim tokens once by a form that is sent twice at the same moment', async () => {
    const { settings, sql } = await aDatabase()
    const staff = await aUser({ isStaff: true, isSuperuser: true }, sql)
    const browser = await signedIn(staff, settings)
    const { id } = await aDevice({}, sql)
    const form = fieldsOf((await browser.get(`${LIST}${id}/change/`)).html)
    const send = () => browser.post(`${LIST}${id}/issue_claim_token/`, form)
    const answers = await beside(
      sql,
      [sql`select from devices where id = ${id} for update`],
      () => Promise.all([send(), send()]),
      { lock: waitsFor.any, waiting: 2 },
    )
    expect(answers.flatMap(({ html }) => tokensIn(html))).toHaveLength(1)
  })

  it('find devices by serial number and by state', async () => {
    const { browser } = await aStaffUser('devices.view_device')
    const owner = await aUser()
    const [on, off] = [await aCamera(owner), await aCamera(owner)]
    await sql`update camera_camera set last_seen_at = now() where id = ${on.id}`
    const mark = crypto.randomUUID().slice(0, 8)
    const devices = {
      online: await aDevice({ camera: on }),
      offline: await aDevice({ camera: off }),
      unclaimed: await aDevice(),
      revoked: await aDevice(),
    }
    await sql`update devices set revoked_at = now() where id = ${devices.revoked.id}`
    for (const { id } of Object.values(devices))
      await sql`update devices set model = ${mark} where id = ${id}`
    for (const [state, { deviceId }] of Object.entries(devices)) {
      const { html } = await browser.get(`${LIST}?q=${mark}&state=${state}`)
      expect([state, ...html.match(/[\da-f]{16}(?=<\/a>)/g)!]).toEqual([state, deviceId])
      expect((await browser.get(`${LIST}?q=${deviceId!.toUpperCase()}`)).text).toContain(deviceId)
    }
    expect((await browser.get(`${LIST}?q=${mark}&state=nonsense`)).text).toContain('4 devices')
  })

  it('without the permission do none of it', async () => {
    const { browser } = await aStaffUser('devices.view_device')
    const { id } = await aDevice()
    expect((await browser.get(`${LIST}add/`)).status).toBe(403)
    const csrfmiddlewaretoken = await csrfIn(browser, id)
    const serial = newSerial()
    for (const [path, fields] of [
      ['add/', { lines: serial }],
      [`${id}/revoke/`, {}],
      [`${id}/issue_claim_token/`, {}],
    ] as const)
      expect((await browser.post(LIST + path, { csrfmiddlewaretoken, ...fields })).status).toBe(403)
    expect(await rowOf(serial)).toBeUndefined()
    expect(
      await sql`select from devices where id = ${id} and revoked_at is null and registered_at is not null`,
    ).toHaveLength(1)
  })
})

const erasuresOf = (publicCameraId: string) => sql`
  select prefix, count(*)::int from erasures where prefix like ${`%${publicCameraId}%`} group by prefix order by prefix`

const expectErased = async (id: string) =>
  expect(await erasuresOf(id)).toEqual(
    ['clips', 'detection', 'preview'].map((folder) => ({ prefix: `${folder}/${id}/`, count: 2 })),
  )

async function csrfIn(browser: Awaited<ReturnType<typeof aSuperuser>>['browser'], id: number) {
  const { html } = await browser.get(`${LIST}${id}/change/`)
  return /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(html)![1]!
}
