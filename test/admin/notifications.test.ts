import { describe, expect, it } from 'vitest'
import { aStaffUser, aSuperuser } from '../support/browser.ts'
import { aCamera, aDelivery, aNotification, aTarget, aUser, sql } from '../support/factories.ts'

const LIST = '/admin/notifications/notification/'
const DELIVERIES = '/admin/push/delivery/'
const IN_AN_HOUR = new Date(Date.now() + 3_600_000).toISOString()

/** A user with two notifications; the first was delivered to two phones. */
async function told() {
  const owner = await aUser()
  const camera = await aCamera(owner, 'Porch')
  const match = await aNotification(owner, camera, {
    rule_nicknames: ['Fox', 'Cat'],
    body: 'Fox: a fox',
    count: 3,
  })
  const offline = await aNotification(owner, camera, { kind: 'offline', rule_nicknames: [] })
  const target = await aTarget(owner, 'apns', null, { name: 'Ada’s iPhone' })
  const sent = await aDelivery(owner, match, { target })
  const waiting = await aDelivery(owner, match, {
    kind: 'webhook',
    state: 'waiting',
    reason: 'busy',
    status: 429,
    attempts: 2,
    due_at: IN_AN_HOUR,
  })
  const [{ id } = {}] = await sql`select id from notifications where public_notification_id = ${match}`
  return { owner, camera, match, offline, sent, waiting, id: String(id) }
}

describe('notifications in the admin', () => {
  it('are listed with what they are of, and found by owner, camera and kind', async () => {
    const { browser } = await aSuperuser()
    const { owner, camera, id } = await told()
    const { text, html } = await browser.get(`${LIST}?owner=${owner.email}`)

    expect(text).toMatch(new RegExp(`match Porch Fox, Cat ${owner.email} 3 normal`))
    expect(text).toMatch(new RegExp(`offline Porch .*${owner.email} 1 normal`))
    expect(text).not.toContain('Add notification')
    expect(html).toContain(`${LIST}${id}/change/`)
    const ofKind = await browser.get(`${LIST}?camera=${camera.publicCameraId}&kind=match`)
    expect(ofKind.text).toContain('Fox, Cat')
    expect(ofKind.text).not.toContain('offline Porch')
  })

  it('show how each was sent, and no form', async () => {
    const { browser } = await aSuperuser()
    const { id, match, owner } = await told()
    const { text, html } = await browser.get(`${LIST}${id}/change/`)

    expect(html).toContain('apns: sent, accepted 200, attempt 1\nwebhook: waiting, busy 429, attempt 2')
    for (const shown of ['View notification', 'Fox: a fox', match, owner.email]) expect(text).toContain(shown)
    expect(html).not.toContain('name="_save"')
    expect(html).not.toContain(`${id}/delete/`)
  })

  it('are for staff who may view them', async () => {
    const { id } = await told()
    const { browser } = await aStaffUser('notifications.view_notification')
    expect((await browser.get(`${LIST}${id}/change/`)).status).toBe(200)
    expect((await browser.get(DELIVERIES)).status).toBe(403)
    const { browser: other } = await aStaffUser('push.view_delivery')
    expect((await other.get(`${LIST}${id}/change/`)).status).toBe(403)
    expect((await other.get(DELIVERIES)).status).toBe(200)
  })
})

describe('deliveries in the admin', () => {
  it('are listed with the answer of the service, and found by state and kind', async () => {
    const { browser } = await aSuperuser()
    const { owner } = await told()
    const listed = async (query: string) =>
      (await browser.get(`${DELIVERIES}?owner=${owner.publicUserId}&${query}`)).text

    expect(await listed('')).toContain(`apns sent accepted 200 1 ${owner.email} Ada’s iPhone`)
    expect(await listed('state=waiting')).toContain(`webhook waiting busy 429 2 ${owner.email}`)
    expect(await listed('state=waiting')).not.toContain('accepted 200')
    expect(await listed('kind=apns&state=sent')).toContain('accepted 200')
    for (const state of ['held', 'gone', 'refused', 'failed', 'sending'])
      expect(await listed(`state=${state}`)).not.toContain(owner.email)
  })

  it('are read, and nothing else', async () => {
    const { browser } = await aSuperuser()
    const { waiting, match } = await told()
    const { text, html } = await browser.get(`${DELIVERIES}${waiting}/change/`)

    for (const shown of ['View delivery', match, 'busy 429', 'Due at']) expect(text).toContain(shown)
    expect(html).not.toContain('name="_save"')
    expect((await browser.get(`${DELIVERIES}${waiting}/delete/`)).status).toBe(403)
    expect((await browser.get(`${DELIVERIES}add/`)).status).toBe(403)
  })
})
