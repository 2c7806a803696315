import { type Service, startWorkerd } from '../../stack/workerd.ts'
import { percentile } from './load.ts'
import type { startDatabase } from './stack.ts'
import { number, printTable } from './table.ts'
import { type Call, newEmail, PASSWORD, send, type World } from './world.ts'

const DELAY_IN_MS = 80

/**
 * Prints the number of round trips to a database 80 ms away that each route waits for, by this many samples of each.
 */
export async function measureRoundTrips(
  scout: Service,
  world: World,
  database: Pick<Awaited<ReturnType<typeof startDatabase>>, 'breakSql' | 'mendSql'>,
  samples: number,
) {
  await using server = await startWorkerd({ scout })
  const origin = server.url('scout')
  const rows: string[][] = []
  for (const [name, makeCall] of Object.entries(await routes(origin, world))) {
    const near = await median(origin, makeCall, samples)
    await database.breakSql({ fault: 'delay', milliseconds: DELAY_IN_MS, millisecondsAfter: DELAY_IN_MS })
    const far = await median(origin, makeCall, samples).finally(database.mendSql)
    const roundTrips = Math.max(0, far - near) / (2 * DELAY_IN_MS)
    rows.push([name, number(near, 1), number(far, 1), number(roundTrips, 1)])
  }
  printTable(['route', 'near ms', `${DELAY_IN_MS} ms away`, 'round trips'], rows)
}

/** Every route, with a function that makes its next request: some can be sent only once. */
async function routes(origin: string, world: World): Promise<Record<string, () => Promise<Call>>> {
  const { token } = world
  const same = (call: Call) => async () => call
  const newCamera = () =>
    send<{ public_camera_id: string }>(origin, {
      method: 'POST',
      path: '/v1/cameras/',
      body: { location: 'Shed' },
      token,
    })
  // The one in `world` has as many rules as the load has created.
  const { public_camera_id: camera } = await newCamera()
  const rules = `/v1/cameras/${camera}/rules/`
  const create: Call = { ...world.create, path: rules }
  const newRule = () => send<{ public_rule_id: string }>(origin, create)
  const newUser = () =>
    send<{ access: string; public_user_id: string }>(origin, {
      method: 'POST',
      path: '/v1/auth/register/',
      body: { email: newEmail(), password: PASSWORD },
    })
  const [rule, user] = [await newRule(), await newUser()]
  const rulePath = `${rules}${rule.public_rule_id}/`
  const userPath = `/v1/user/${user.public_user_id}/`
  return {
    'GET /healthz': same(world.healthz),
    'GET /readyz': same({ path: '/readyz' }),
    'POST uploads/presign': same(world.presign),
    'POST auth/register': async () => ({
      method: 'POST',
      path: '/v1/auth/register/',
      body: { email: newEmail(), password: PASSWORD },
    }),
    'POST auth/token': same(world.login),
    'POST auth/token/refresh': same(world.refresh),
    'GET users': same({ path: '/v1/users/', token }),
    'GET user': same({ path: userPath, token: user.access }),
    'PATCH user': same({ method: 'PATCH', path: userPath, body: { first_name: 'Ada' }, token: user.access }),
    'PATCH user, its password': async () => {
      const { access, public_user_id } = await newUser()
      const body = { current_password: PASSWORD, password: 'rough-crossing-78' }
      return { method: 'PATCH', path: `/v1/user/${public_user_id}/`, body, token: access }
    },
    'DELETE user': async () => {
      const { access, public_user_id } = await newUser()
      return { method: 'DELETE', path: `/v1/user/${public_user_id}/`, token: access }
    },
    'GET cameras': same(world.list),
    'POST cameras': same({ method: 'POST', path: '/v1/cameras/', body: { location: 'Garage' }, token }),
    'GET camera': same(world.retrieve),
    'PATCH camera': same({
      method: 'PATCH',
      path: `/v1/cameras/${camera}/`,
      body: { location: 'Gate' },
      token,
    }),
    'DELETE camera': async () => ({
      method: 'DELETE',
      path: `/v1/cameras/${(await newCamera()).public_camera_id}/`,
      token,
    }),
    'GET rules': same({ path: rules, token }),
    'POST rules': same(create),
    'GET rule': same({ path: rulePath, token }),
    'PATCH rule': same({ method: 'PATCH', path: rulePath, body: { is_enabled: false }, token }),
    'DELETE rule': async () => ({
      method: 'DELETE',
      path: `${rules}${(await newRule()).public_rule_id}/`,
      token,
    }),
  }
}

/** The median time of a few sequential requests, in milliseconds. */
async function median(origin: string, makeCall: () => Promise<Call>, samples: number) {
  const times: number[] = []
  for (let sample = 0; sample < samples; sample++) {
    const call = await makeCall()
    const start = performance.now()
    await send(origin, call)
    times.push(performance.now() - start)
  }
  return percentile(times, 0.5)
}
