import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import { problems } from '../problems.ts'
import type { AppEnv } from './router.ts'
import { settings } from '../settings.ts'

type Limiter = 'ADDRESS_LIMIT' | 'ACCOUNT_LIMIT' | 'VIEWER_LIMIT'

/** The period of every limiter in wrangler.toml: the binding does not report when its count resets. */
const PERIOD_IN_SECONDS = 60
const LONGEST_KEY = 300

/** Throttles one network per route. */
export const limitAddress = createMiddleware<AppEnv>(async function limitAddress(c, next) {
  await limit(c, 'ADDRESS_LIMIT', clientNetwork(c))
  await next()
})

/** The name under which every way to sign in is counted, per network and per account. */
export const SIGN_IN = 'sign-in'

/** As `limitAddress`, for all ways to sign in together. */
export const limitSignIn = createMiddleware<AppEnv>(async function limitSignIn(c, next) {
  await limit(c, 'ADDRESS_LIMIT', clientNetwork(c), SIGN_IN)
  await next()
})

/**
 * Counts a request of `who` to this route in a limiter. The binding counts roughly and per edge location; exact limits are
 * also counted in Postgres.
 * @throws throttled
 */
export async function limit<E extends AppEnv>(
  c: Context<E>,
  limiter: Limiter,
  who: string,
  what = routePath(c),
) {
  if (!isThrottlingOn(c.env)) return
  // An email may be as long as a body; beyond this length it belongs to nobody.
  const key = (limiter === 'VIEWER_LIMIT' ? who : `${what} ${who}`).slice(0, LONGEST_KEY)
  const { success } = await c.env[limiter].limit({ key })
  if (!success) throw problems.throttled(PERIOD_IN_SECONDS)
}

/** Throttling may be off only if the database is on this machine: in a load test, not in a deployment. */
export const isThrottlingOn = (env: AppEnv['Bindings']) => settings(env, 'requests').THROTTLE !== 'off'

/** The network of a request: an IPv4 address, or the /64 of an IPv6 address, which is one household. */
export function clientNetwork<E extends AppEnv>(c: Context<E>) {
  const address = c.req.header('CF-Connecting-IP') ?? 'unknown'
  if (!address.includes(':') || !URL.canParse(`http://[${address}]`)) return address
  const halves = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [start = [], end = []] = halves.map((half) => (half ? half.split(':') : []))
  const zeros = Array.from({ length: 8 - start.length - end.length }, () => '0')
  return `${[...start, ...zeros, ...end].slice(0, 4).join(':')}::/64`
}
