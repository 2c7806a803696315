import { describe, expect, it } from 'vitest'
import { type Answer, send } from '../support/client.ts'
import { aDatabase, aDevice, aUser, type User } from '../support/factories.ts'
import { atOnce } from '../support/race.ts'

const ROUNDS = [0, 1, 2, 3]
const NO_MATCH = { detail: 'Claim token does not match' }
const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort()
const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make)

/** Cameras and users in a separate database, and the means to race requests there. */
async function aRaceTrack() {
  const { settings, sql } = await aDatabase()
  const ask = (method: string, path: string, options = {}) => send(method, path, { ...options, settings })
  return {
    sql,
    race: (requests: (() => Promise<Answer>)[]) => atOnce(sql, 'devices', requests),
    aUser: () => aUser({}, sql),
    /** A camera that has not registered. */
    async aSticker() {
      const { id, deviceId, claimToken } = await aDevice({}, sql)
      await sql`update devices set device_token_hash = null, device_token_used_at = null, registered_at = null where id = ${id}`
      return { id, deviceId, claimToken }
    },
    register: (device_id: string | undefined, claim_token: string) => () =>
      ask('POST', '/v1/cameras/register/', { json: { device_id, claim_token } }),
    exchange: (token: string) =>
      ask('POST', '/v1/cameras/auth/token/', { headers: { Authorization: `Device ${token}` } }),
    claim:
      ({ access: token }: User, claim_token: string) =>
      () =>
        ask('POST', '/v1/cameras/claim/', { token, json: { claim_token, location: 'Porch' } }),
    remove:
      ({ access: token }: User, camera: string) =>
      () =>
        ask('DELETE', `/v1/cameras/${camera}/`, { token }),
    removeAccount:
      ({ access: token, publicUserId }: User) =>
      () =>
        ask('DELETE', `/v1/user/${publicUserId}/`, { token }),
  }
}

describe('of registrations of one camera', () => {
  // The second request may come from the same camera after a lost answer.
  it('one wins: of all tokens one works', async () => {
    const { race, aSticker, register, exchange } = await aRaceTrack()
    for (const _ of ROUNDS) {
      const { deviceId, claimToken } = await aSticker()
      const answers = await race(times(4, () => register(deviceId, claimToken)))
      const tokens = answers.filter(({ status }) => status === 201).map(({ body }) => body.device_token)
      expect(tokens.length).toBeGreaterThan(0)
      const traded = []
      for (const token of tokens) traded.push(await exchange(token))
      expect(statuses(traded).filter((status) => status === 200)).toHaveLength(1)
    }
  })
})

describe('of claims of one camera', () => {
  it('one wins, and there is one camera', async () => {
    const { sql, race, aUser, aSticker, claim } = await aRaceTrack()
    for (const _ of ROUNDS) {
      const { id, claimToken } = await aSticker()
      const people = await Promise.all(times(4, aUser))
      const answers = await race(people.map((person) => claim(person, claimToken)))
      expect(statuses(answers)).toEqual([200, 400, 400, 400])
      for (const { status, body } of answers) if (status === 400) expect(body).toEqual(NO_MATCH)
      const winner = answers.findIndex(({ status }) => status === 200)
      const ids = people.map((person) => person.id)
      expect(
        await sql`
          select owner_id::int, camera_camera.public_camera_id from camera_camera join devices on camera_id = camera_camera.id
          where devices.id = ${id}`,
      ).toEqual([{ owner_id: people[winner]!.id, public_camera_id: answers[winner]!.body.public_camera_id }])
      expect(await sql`select from camera_camera where owner_id = any (${ids})`).toHaveLength(1)
    }
  })

  it('those of one owner all get the same answer', async () => {
    const { sql, race, aUser, aSticker, claim } = await aRaceTrack()
    for (const _ of ROUNDS) {
      const [owner, { claimToken }] = [await aUser(), await aSticker()]
      const answers = await race(times(3, () => claim(owner, claimToken)))
      expect(statuses(answers)).toEqual([200, 200, 200])
      expect(new Set(answers.map(({ body }) => body.public_camera_id)).size).toBe(1)
      expect(await sql`select from camera_camera where owner_id = ${owner.id}`).toHaveLength(1)
    }
  })
})

describe('of a claim and a registration of one camera', () => {
  it('both succeed', async () => {
    const { race, aUser, aSticker, claim, register, exchange } = await aRaceTrack()
    for (const _ of ROUNDS) {
      const [owner, { deviceId, claimToken }] = [await aUser(), await aSticker()]
      const [claimed, registered] = await race([claim(owner, claimToken), register(deviceId, claimToken)])
      expect([claimed!.status, registered!.status]).toEqual([200, 201])
      expect((await exchange(registered!.body.device_token)).status).toBe(200)
    }
  })
})

describe('of a claim and the deletion of the camera by its owner before', () => {
  it.each(['the camera', 'the account'])('a device is somebody’s or nobody’s, whole: %s', async (what) => {
    const { sql, race, aUser, aSticker, claim, remove, removeAccount } = await aRaceTrack()
    for (const round of ROUNDS) {
      const [before, after, { id, claimToken }] = [await aUser(), await aUser(), await aSticker()]
      const { body } = await claim(before, claimToken)()
      const gone = what === 'the camera' ? remove(before, body.public_camera_id) : removeAccount(before)
      const requests = [gone, claim(after, claimToken)]
      const answers = await race(round % 2 === 0 ? requests : requests.toReversed())
      const [deletion, taking] = round % 2 === 0 ? answers : answers.toReversed()
      expect(deletion!.status).toBe(204)
      expect([200, 400]).toContain(taking!.status)
      const cameras = await sql`
        select owner_id::int, camera_camera.public_camera_id from camera_camera join devices on camera_id = camera_camera.id
        where devices.id = ${id}`
      expect(cameras).toEqual(
        taking!.status === 200
          ? [{ owner_id: after.id, public_camera_id: taking!.body.public_camera_id }]
          : [],
      )
      // A request that came too early succeeds the next time.
      const again = await claim(after, claimToken)()
      expect(again.status).toBe(200)
      expect(again.body.public_camera_id).not.toBe(body.public_camera_id)
    }
  })

  it('of one owner gives the old camera or a new one', async () => {
    const { sql, race, aUser, aSticker, claim, remove } = await aRaceTrack()
    for (const _ of ROUNDS) {
      const [owner, { claimToken }] = [await aUser(), await aSticker()]
      const { body } = await claim(owner, claimToken)()
      const [deletion, taking] = await race([remove(owner, body.public_camera_id), claim(owner, claimToken)])
      expect([deletion!.status, taking!.status]).toEqual([204, 200])
      const left = await sql`select public_camera_id from camera_camera where owner_id = ${owner.id}`
      expect(left).toEqual(taking!.body.public_camera_id === body.public_camera_id ? [] : [taking!.body])
    }
  })
})
