import { describe, expect, it } from 'vitest'
import { permit } from '../support/browser.ts'
import { type Answer, send } from '../support/client.ts'
import { aCamera, aDatabase, aRule, aUser, type Camera, sql, type User } from '../support/factories.ts'
import { UNKNOWN_ID } from '../support/shapes.ts'

/** A user with this many cameras, in the order of their ids. */
async function anOwnerOf(count: number) {
  const owner = await aUser()
  const cameras: Camera[] = []
  for (let n = 0; n < count; n++) cameras.push(await aCamera(owner, `Camera ${n}`))
  return { owner, token: owner.access, cameras, ids: cameras.map(({ publicCameraId }) => publicCameraId) }
}

const idsOf = ({ body }: Answer) =>
  body.map((camera: { public_camera_id: string }) => camera.public_camera_id)

/** The URL in a `Link` header, which must contain only that. */
const nextOf = ({ headers }: Answer) => /^<(\S+)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1]

describe('limit', () => {
  it('cuts a list, and a link leads to the rest', async () => {
    const { token, ids } = await anOwnerOf(5)
    const first = await send('GET', '/v1/cameras/?limit=2', { token })
    expect([first.status, idsOf(first)]).toEqual([200, ids.slice(0, 2)])
    expect(first.headers.get('Link')).toBe(
      `<https://scout.test/v1/cameras/?limit=2&after=${ids[1]}>; rel="next"`,
    )
    const second = await send('GET', nextOf(first)!, { token })
    expect([second.status, idsOf(second)]).toEqual([200, ids.slice(2, 4)])
    expect(second.headers.get('Link')).toBe(
      `<https://scout.test/v1/cameras/?limit=2&after=${ids[3]}>; rel="next"`,
    )
    const third = await send('GET', nextOf(second)!, { token })
    expect([third.status, idsOf(third)]).toEqual([200, ids.slice(4)])
    expect(third.headers.has('Link')).toBe(false)
  })

  it('leads nowhere where it takes the whole list', async () => {
    const { token, ids } = await anOwnerOf(2)
    const answer = await send('GET', '/v1/cameras/?limit=2', { token })
    expect(idsOf(answer)).toEqual(ids)
    expect(answer.headers.has('Link')).toBe(false)
  })

  it('keeps the spelling of the path, and what else is asked, in the link', async () => {
    const { token, ids } = await anOwnerOf(2)
    const answer = await send('GET', '/v1/cameras?colour=red&limit=01', { token })
    expect(idsOf(answer)).toEqual(ids.slice(0, 1))
    expect(nextOf(answer)).toBe(`https://scout.test/v1/cameras?colour=red&limit=1&after=${ids[0]}`)
  })

  it.each(['0', '-1', '1.5', '1e0', 'one', '', '%20', '+1', '1%20', '0x1', '%D9%A1', 'null', '1,1', '00'])(
    'is ignored where it cannot be read: %j',
    async (limit) => {
      const { token, ids } = await anOwnerOf(2)
      const answer = await send('GET', `/v1/cameras/?limit=${limit}`, { token })
      expect([answer.status, idsOf(answer)]).toEqual([200, ids])
      expect(answer.headers.has('Link')).toBe(false)
    },
  )

  it('is told to a HEAD as well', async () => {
    const { token, ids } = await anOwnerOf(2)
    const { status, headers, body } = await send('HEAD', '/v1/cameras/?limit=1', { token })
    expect([status, body]).toEqual([200, null])
    expect(headers.get('Link')).toBe(`<https://scout.test/v1/cameras/?limit=1&after=${ids[0]}>; rel="next"`)
  })

  it('is 1000, also where more is asked for', async () => {
    const owner = await aUser()
    await sql`
      insert into camera_camera (owner_id, location, created_at)
      select ${owner.id}, 'Hall ' || n, now() from generate_series(1, 1001) as n order by n`
    const token = owner.access
    for (const query of ['', '?limit=1000', '?limit=1001', '?limit=99999999999999999999']) {
      const answer = await send('GET', `/v1/cameras/${query}`, { token })
      expect([query, answer.status, answer.body.length]).toEqual([query, 200, 1000])
      const rest = await send('GET', nextOf(answer)!, { token })
      expect(rest.body).toHaveLength(1)
      expect(rest.headers.has('Link')).toBe(false)
    }
    await sql`delete from camera_camera where owner_id = ${owner.id} and location = 'Hall 1'`
    const whole = await send('GET', '/v1/cameras/', { token })
    expect(whole.body).toHaveLength(1000)
    expect(whole.headers.has('Link')).toBe(false)
  })
})

describe('after', () => {
  it('begins behind the camera it names, in either letter case', async () => {
    const { token, ids } = await anOwnerOf(3)
    for (const id of [ids[0]!, ids[0]!.toUpperCase()])
      expect(idsOf(await send('GET', `/v1/cameras/?after=${id}`, { token }))).toEqual(ids.slice(1))
    expect(idsOf(await send('GET', `/v1/cameras/?after=${ids[2]}`, { token }))).toEqual([])
  })

  it('begins where a camera stood that is gone', async () => {
    const { token, cameras, ids } = await anOwnerOf(4)
    await sql`delete from camera_camera where id = ${cameras[1]!.id}`
    const answer = await send('GET', `/v1/cameras/?after=${ids[1]}&limit=1`, { token })
    expect(idsOf(answer)).toEqual([ids[2]])
    expect(idsOf(await send('GET', nextOf(answer)!, { token }))).toEqual([ids[3]])
  })

  it('begins where a stranger’s camera stands, and does not show it', async () => {
    const [mine, stranger] = [await aUser(), await aUser()]
    const [one, theirs, two] = [await aCamera(mine), await aCamera(stranger), await aCamera(mine)]
    const answer = await send('GET', `/v1/cameras/?after=${theirs.publicCameraId}`, { token: mine.access })
    expect(idsOf(answer)).toEqual([two.publicCameraId])
    expect(idsOf(answer)).not.toContain(one.publicCameraId)
  })

  it.each([
    'x',
    '',
    '1',
    'null',
    '0195d1a0000070008000000000000000',
    `%7B${UNKNOWN_ID}%7D`,
    `${UNKNOWN_ID}%00`,
    `${UNKNOWN_ID}%20`,
    "'%20or%20true",
    '%ff',
  ])('is ignored where it cannot be read: %j', async (after) => {
    const { token, ids } = await anOwnerOf(2)
    const answer = await send('GET', `/v1/cameras/?after=${after}`, { token })
    expect([answer.status, idsOf(answer)]).toEqual([200, ids])
  })

  it.each([
    ['of another version', 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
    ['of no version', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    ['of the beginning of time', '00000000-0000-7000-8000-000000000000'],
  ])('begins at the start for an unknown id %s', async (_, after) => {
    const { token, ids } = await anOwnerOf(2)
    const answer = await send('GET', `/v1/cameras/?after=${after}`, { token })
    expect([answer.status, idsOf(answer)]).toEqual([200, ids])
  })

  it('finds the row of an id of another version', async () => {
    const { token, cameras, ids } = await anOwnerOf(2)
    const id = crypto.randomUUID()
    await sql`update camera_camera set public_camera_id = ${id} where id = ${cameras[0]!.id}`
    expect(idsOf(await send('GET', `/v1/cameras/?after=${id}`, { token }))).toEqual([ids[1]])
  })
})

describe('a list of rules', () => {
  it('is paged within its camera', async () => {
    const owner = await aUser()
    const [camera, other] = [await aCamera(owner), await aCamera(owner)]
    const ids: string[] = []
    for (let n = 0; n < 3; n++) {
      ids.push((await aRule(owner, camera)).publicRuleId)
      await aRule(owner, other)
    }
    const path = `/v1/cameras/${camera.publicCameraId}/rules/`
    const shown = ({ body }: Answer) => body.map((rule: { public_rule_id: string }) => rule.public_rule_id)
    const first = await send('GET', `${path}?limit=2`, { token: owner.access })
    expect([first.status, shown(first)]).toEqual([200, ids.slice(0, 2)])
    expect(nextOf(first)).toBe(`https://scout.test${path}?limit=2&after=${ids[1]}`)
    const second = await send('GET', nextOf(first)!, { token: owner.access })
    expect([second.status, shown(second)]).toEqual([200, ids.slice(2)])
    expect(second.headers.has('Link')).toBe(false)
  })

  it('begins where a rule stood that is gone', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const [, gone, left] = [
      await aRule(owner, camera),
      await aRule(owner, camera),
      await aRule(owner, camera),
    ]
    await sql`delete from rules_rule where id = ${gone.id}`
    const { status, body } = await send(
      'GET',
      `/v1/cameras/${camera.publicCameraId}/rules/?after=${gone.publicRuleId}`,
      { token: owner.access },
    )
    expect([status, body]).toEqual([200, [expect.objectContaining({ id: left.id })]])
  })
})

describe('the list of users', () => {
  const person = ({ email, publicUserId }: User) => ({
    first_name: '',
    last_name: '',
    email,
    public_user_id: publicUserId,
  })

  it('is paged for staff', async () => {
    const { settings, sql } = await aDatabase()
    const staff = await aUser({ isStaff: true }, sql)
    await permit(staff, ['users.view_user'], sql)
    const [jane, joe] = [await aUser({}, sql), await aUser({}, sql)]
    const first = await send('GET', '/v1/users/?limit=2', { token: staff.access, settings })
    expect([first.status, first.body]).toEqual([200, [person(staff), person(jane)]])
    expect(nextOf(first)).toBe(`https://scout.test/v1/users/?limit=2&after=${jane.publicUserId}`)
    const second = await send('GET', nextOf(first)!, { token: staff.access, settings })
    expect([second.status, second.body]).toEqual([200, [person(joe)]])
    expect(second.headers.has('Link')).toBe(false)
  })

  it('begins where an account stood that is gone', async () => {
    const { settings, sql } = await aDatabase()
    const staff = await aUser({ isStaff: true }, sql)
    await permit(staff, ['users.view_user'], sql)
    const [gone, joe] = [await aUser({}, sql), await aUser({}, sql)]
    await sql`delete from users where id = ${gone.id}`
    const { status, body } = await send('GET', `/v1/users/?after=${gone.publicUserId}`, {
      token: staff.access,
      settings,
    })
    expect([status, body]).toEqual([200, [person(joe)]])
  })

  it('is the viewer alone for anyone else, whatever page is asked for', async () => {
    const [before, viewer] = [await aUser(), await aUser()]
    await aUser()
    for (const query of ['', '?limit=1', `?after=${before.publicUserId}`, `?after=${viewer.publicUserId}`]) {
      const { status, body, headers } = await send('GET', `/v1/users/${query}`, { token: viewer.access })
      expect([status, body, headers.has('Link')]).toEqual([200, [person(viewer)], false])
    }
  })
})

describe('every camera', () => {
  it('is listed by ?all=true for staff who may view cameras, with its owner, in pages', async () => {
    const { settings, sql } = await aDatabase()
    const staff = await aUser({ isStaff: true }, sql)
    await permit(staff, ['camera.view_camera'], sql)
    const [jane, joe] = [await aUser({}, sql), await aUser({}, sql)]
    const door = await aCamera(jane, 'Front Door', sql)
    const attic = await aCamera(staff, 'Attic', sql)
    const hall = await aCamera(joe, 'Hall', sql)
    const first = await send('GET', '/v1/cameras/?all=true&limit=2', { token: staff.access, settings })
    expect(first.status).toBe(200)
    expect(first.body).toEqual([
      expect.objectContaining({ id: door.id, owner: jane.email, location: 'Front Door' }),
      expect.objectContaining({ id: attic.id, owner: staff.email, location: 'Attic' }),
    ])
    expect(nextOf(first)).toBe(
      `https://scout.test/v1/cameras/?all=true&limit=2&after=${attic.publicCameraId}`,
    )
    const second = await send('GET', nextOf(first)!, { token: staff.access, settings })
    expect(second.body).toEqual([
      expect.objectContaining({ id: hall.id, owner: joe.email, location: 'Hall' }),
    ])
    expect(second.headers.has('Link')).toBe(false)
  })

  it.each(['', '?all=false', '?all=1', '?all=True', '?all='])(
    'is not listed for staff by %j',
    async (query) => {
      const staff = await aUser({ isStaff: true, isSuperuser: true })
      await aCamera(await aUser())
      const mine = await aCamera(staff)
      const answer = await send('GET', `/v1/cameras/${query}`, { token: staff.access })
      expect([answer.status, idsOf(answer)]).toEqual([200, [mine.publicCameraId]])
    },
  )

  it('is listed for a superuser who is not on the staff', async () => {
    const { settings, sql } = await aDatabase()
    const viewer = await aUser({ isSuperuser: true }, sql)
    const [mine, other] = [
      await aCamera(viewer, 'Hall', sql),
      await aCamera(await aUser({}, sql), 'Attic', sql),
    ]
    const answer = await send('GET', '/v1/cameras/?all=true', { token: viewer.access, settings })
    expect(idsOf(answer)).toEqual([mine.publicCameraId, other.publicCameraId])
  })

  it.each([
    ['anyone else', {}, []],
    ['staff without permissions', { isStaff: true }, []],
    ['staff with permissions on others', { isStaff: true }, ['users.view_user', 'camera.change_camera']],
    ['somebody with the permission who is not staff', {}, ['camera.view_camera']],
  ])('is not listed for %s', async (_, account, permissions) => {
    const viewer = await aUser(account)
    await permit(viewer, permissions)
    const mine = await aCamera(viewer)
    await aCamera(await aUser())
    const answer = await send('GET', '/v1/cameras/?all=true', { token: viewer.access })
    expect([answer.status, idsOf(answer)]).toEqual([200, [mine.publicCameraId]])
  })
})
