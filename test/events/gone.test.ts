import { createExecutionContext } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { ARROWS, STATES, type State } from '../../src/events/life.ts'
import worker from '../../src/index.ts'
import { signedIn } from '../support/browser.ts'
import { newAddress } from '../support/client.ts'
import { aCamera, aUser } from '../support/factories.ts'
import { aHouse } from '../support/house.ts'
import { askedOf, releaseJudge } from '../support/judge.ts'

type House = Awaited<ReturnType<typeof aHouse>>

/** Every way to delete the house's camera or its owner's account. */
const DELETIONS = {
  'its owner': async ({ environment, owner, camera }: House) => {
    const headers = { Authorization: `Bearer ${owner.access}`, 'CF-Connecting-IP': newAddress() }
    const url = `https://scout.test/v1/cameras/${camera.publicCameraId}/`
    const request = new Request(url, { method: 'DELETE', headers })
    expect((await worker.fetch(request, environment as Env, createExecutionContext())).status).toBe(204)
  },
  staff: async ({ environment, sql, camera }: House) => {
    const browser = await signedIn(await aUser({ isStaff: true, isSuperuser: true }, sql), environment)
    const path = `/admin/camera/camera/${camera.id}/delete/`
    expect((await browser.submit(path, { post: 'yes' })).status).toBe(302)
  },
}
const OLD_SERVICE = {
  'the camera': ({ sql, camera }: House) => sql`delete from camera_camera where id = ${camera.id}`,
  'the account': ({ sql, owner }: House) => sql`delete from users where id = ${owner.id}`,
}

describe.each(Object.entries(DELETIONS))('a camera that %s deletes', (_, remove) => {
  it('leaves nothing to be judged, and what is over as it is', async () => {
    const house = await aHouse()
    await house.rule()
    const other = await aCamera(house.owner, 'Attic', house.sql)
    await house.rule({}, other)
    const keys = {} as Record<State, string>
    for (const state of STATES) {
      keys[state] = await house.picture()
      await house.sql`
        update events set state = ${state}, failure = 'limited', lease = case when ${state} = 'judging' then uuidv7() end,
          due_at = case when ${state} in ('received', 'judging') then now() end
        where object_key = ${keys[state]}`
    }
    const kept = await house.picture({ of: other })

    await remove(house)

    for (const state of STATES) {
      const isDiscarded = (ARROWS.discard.from as State[]).includes(state)
      expect([state, await house.event(keys[state])]).toEqual([
        state,
        expect.objectContaining({
          state: isDiscarded ? 'discarded' : state,
          failure: isDiscarded ? 'camera_gone' : 'limited',
          lease: null,
          due_at: null,
        }),
      ])
    }
    await house.judge()
    expect(await house.event(kept)).toMatchObject({ state: 'done' })
    expect(await askedOf(house.model)).toHaveLength(1)
    expect(await house.notifications()).toMatchObject([{ camera: other.publicCameraId }])
  })

  it('tells nobody of a picture that lies before the judge', async () => {
    const house = await aHouse([{ verdicts: ['yes'], textAddressesYou: true, isHeld: true }])
    await house.rule()
    const key = await house.picture()
    const judging = house.judge()
    await vi.waitUntil(async () => (await askedOf(house.model)).length > 0, { timeout: 10_000 })

    await remove(house)
    await releaseJudge(house.model)
    await judging

    expect(await house.event(key)).toMatchObject({ state: 'discarded', failure: 'camera_gone' })
    expect(await house.verdicts(key)).toEqual([])
    expect(await house.notifications()).toEqual([])
  })
})

it.each(Object.entries(OLD_SERVICE))(
  'is not judged where the service before this one deleted %s',
  async (_, remove) => {
    const house = await aHouse()
    await house.rule()
    const other = await aCamera(house.owner, 'Attic', house.sql)
    await house.rule({}, other)
    const key = await house.picture()

    await remove(house)
    await house.judge()

    expect(await house.event(key)).toMatchObject({ state: 'done', due_at: null })
    expect(await askedOf(house.model)).toEqual([])
    expect(await house.notifications()).toEqual([])
  },
)
