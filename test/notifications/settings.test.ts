import { describe, expect, it } from 'vitest'
import { send, type Settings } from '../support/client.ts'
import { aUser, sql } from '../support/factories.ts'
import { aMoment } from '../support/shapes.ts'

const PATH = '/v1/notification_settings/'
const UNSET = {
  time_zone: null,
  quiet_from: null,
  quiet_to: null,
  snoozed_until: null,
  tells_unjudged: true,
  tells_offline: true,
}

async function aPerson() {
  const { access: token, id } = await aUser()
  const read = async (settings?: Settings) =>
    (await send('GET', PATH, { token, ...(settings && { settings }) })).body
  const change = (json: object) => send('PATCH', PATH, { token, json })
  return { id, read, change }
}

describe('how somebody is told', () => {
  it('is as the columns say for who never said', async () => {
    const { read, id } = await aPerson()

    expect(await read()).toMatchObject(UNSET)
    expect(await sql`select from notification_settings where user_id = ${id}`).toEqual([])
  })

  it('is changed by what is sent, and the rest stays', async () => {
    const { read, change } = await aPerson()
    const quiet = { time_zone: 'Europe/Berlin', quiet_from: '22:00', quiet_to: '07:00' }

    expect(await change({ tells_offline: false })).toMatchObject({
      status: 200,
      body: { ...UNSET, tells_offline: false },
    })
    expect((await change(quiet)).body).toMatchObject({ ...UNSET, ...quiet, tells_offline: false })
    const snoozed = await change({ snoozed_until: '2030-01-01T00:00:00+01:00', tells_offline: 'yes' })
    expect(snoozed.body).toMatchObject({ ...UNSET, ...quiet, snoozed_until: aMoment, tells_offline: true })
    expect(Date.parse(snoozed.body.snoozed_until)).toBe(Date.parse('2029-12-31T23:00:00Z'))
    expect(await read()).toEqual(snoozed.body)
    const cleared = { quiet_from: null, quiet_to: null, snoozed_until: null, time_zone: null }
    expect((await change(cleared)).body).toMatchObject(UNSET)
    expect((await change({})).status).toBe(200)
  })

  it('has quiet hours with a beginning and an end, or none', async () => {
    const { read, change } = await aPerson()
    const words = { quiet_to: ['Quiet hours have a beginning and an end.'] }
    for (const json of [
      { quiet_from: '22:00' },
      { quiet_to: '07:00' },
      { quiet_from: '22:00', quiet_to: null },
      { quiet_from: null, quiet_to: '07:00' },
      { quiet_from: null },
      { quiet_from: '22:00', quiet_to: '22:00' },
    ]) {
      const { status, body } = await change(json)
      expect([json, status, body]).toEqual([json, 400, words])
    }
    for (const time of ['24:00', '7:00', '07:00:00', '', 7, '22.00']) {
      const { status, body } = await change({ quiet_from: time, quiet_to: '07:00' })
      const why = ['Time has wrong format. Use one of these formats instead: hh:mm.']
      expect([time, status, body.quiet_from]).toEqual([time, 400, why])
    }
    expect(await read()).toMatchObject(UNSET)
  })

  it('is refused with the words for each field', async () => {
    const { change } = await aPerson()
    const { status, body } = await change({
      time_zone: 'Mars/Olympus',
      snoozed_until: 'tomorrow',
      tells_unjudged: 'maybe',
      tells_offline: null,
    })

    expect([status, Object.keys(body).toSorted()]).toEqual([
      400,
      ['snoozed_until', 'tells_offline', 'tells_unjudged', 'time_zone'],
    ])
  })

  it('comes with what the deployment can do', async () => {
    const { read } = await aPerson()

    expect(await read({ JUDGE_URL: 'https://judge.example.com/v1', JUDGE_MODEL: 'x' })).toMatchObject({
      judge: 'judge.example.com',
      channels: { mail: expect.any(Boolean) },
    })
    expect((await read({ JUDGE_URL: '' })).judge).toBe(null)
  })
})
