import { randomBytes } from 'node:crypto'
import type { PushTargetInput } from '@scout/client'
import { followPicture } from './picture.ts'
import { tryPush } from './push.ts'
import { type Report, Unexpected } from '../kit/report.ts'
import { soon } from '../kit/until.ts'
import type { Visitor } from './visitor.ts'

export type Options = {
  /** Where test pushes go, beside what this machine can try by itself. */
  targets: (PushTargetInput & { url: string })[]
  isAnnounced: boolean
  patienceInMs: number
}

/** Everything that people and cameras do with a deployment, from signing up to a push. @throws Broken */
export async function journey(
  visitor: Visitor,
  photo: Buffer,
  { targets, isAnnounced, patienceInMs }: Options,
  { step, skip }: Report,
  signal: AbortSignal,
) {
  const { baseUrl, scout, camera: device } = visitor
  /** A step of the journey, which Ctrl-C ends. */
  const go: Report['step'] = (name, look, act, tell) =>
    step(
      name,
      look,
      () => {
        if (signal.aborted) throw new Unexpected('to go on', 'Ctrl-C')
        return act()
      },
      tell,
    )

  await go('the service is ready', 'operations.md#what-a-log-line-means', async () => {
    const { status } = await fetch(`${baseUrl}/readyz`, { signal: soon(signal) })
    if (status !== 200) throw new Unexpected('200 of /readyz', String(status))
  })
  await go('a person signs up', 'operations.md#what-a-log-line-means', () => visitor.register())
  await go('and starts a session', 'clients.md#staying-signed-in', () => visitor.signIn())
  const { judge, channels } = await go(
    'the service says what it can do',
    'production-checklist.md',
    () => scout.getNotificationSettings(),
    ({ judge, channels }) =>
      `judge ${judge ?? 'none'}, ${Object.entries(channels)
        .flatMap(([name, is]) => (is ? name : []))
        .join(', ')}`,
  )

  const { public_camera_id: camera } = await go('a camera is paired by a code', 'cameras.md', async () => {
    const { pairing_code } = await scout.createPairingCode({ location: 'npm run smoke' })
    const nonce = randomBytes(32).toString('base64url')
    return device.pairDevice({ pairing_code, nonce, model: 'npm run smoke' })
  })
  await go('it gets an access token', 'cameras.md', () => device.getDeviceAccess())
  await go('it sends a heartbeat, and is online', 'cameras.md', async () => {
    await device.sendHeartbeat({ version: '1.0' })
    const { is_online } = await scout.getCamera(camera)
    if (!is_online) throw new Unexpected('"is_online": true', 'false')
  })
  const { public_rule_id: cat } = await go('a rule is written', 'rules.md', () =>
    scout.createRule(camera, { rule: 'a cat', rule_nickname: 'Cat' }),
  )
  const { public_rule_id: later } = await go('and one for other hours', 'rules.md', () =>
    scout.createRule(camera, { rule: `a cat ${otherHours(new Date())}`, rule_nickname: 'Later' }),
  )
  const steps = { step: go, skip }
  const phones = await tryPush(visitor, { targets, channels, patienceInMs, signal }, steps)

  const asked = { camera, rules: { cat, later }, judge }
  const told = await followPicture(visitor, photo, asked, { isAnnounced, patienceInMs, signal }, steps)
  if (told) await phones.untilShown(told)
}

/** Words for an hour six hours from now, by UTC, as a camera has it that names no time zone: none of this is taken then. */
function otherHours(now: Date) {
  const hour = (later: number) => {
    const of24 = (now.getUTCHours() + later) % 24
    return `${((of24 + 11) % 12) + 1}${of24 < 12 ? 'am' : 'pm'}`
  }
  return `between ${hour(6)} and ${hour(7)}`
}
