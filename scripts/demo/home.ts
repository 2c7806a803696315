import { type Client, createClient } from '@scout/client'
import type { Report } from '../kit/report.ts'
import type { DemoCamera } from './camera.ts'
import { aHousehold } from './household.ts'
import { aPhone, type Phone } from './phone.ts'
import type { Stack } from './stack.ts'

export type Home = { scout: Client; door: string; phone: Phone | null }
export type Account = { email: string; password: string }

export const RULES = {
  Visitor: 'Tell me when a person comes to the door',
  'Night motion': 'Alert when motion detected after 10pm',
}
/** What was told in the week before, and was not what its owner meant. */
const NOT_MEANT = ['Car in the yard', 'Raccoon']

/** Somebody with a camera at their door, two rules and a phone, who has used Scout for a week. @throws Broken */
export async function moveIn(stack: Stack, camera: DemoCamera, account: Account, { step, skip }: Report) {
  const scout = createClient({ baseUrl: stack.url })
  await step('a person signs up', 'clients.md', () => scout.register(account))
  const { door } = await step(
    'they pair a camera by a code',
    'cameras.md',
    () => hang(scout, camera),
    ({ code }) => code,
  )
  const rules: Record<string, string> = {}
  for (const [rule_nickname, rule] of Object.entries(RULES))
    await step(`they write a rule, “${rule}”`, 'rules.md', async () => {
      rules[rule_nickname] = (await scout.createRule(door, { rule, rule_nickname })).public_rule_id
    })
  const phone = stack.isOurPush
    ? await step('their phone registers for Web Push', 'push.md#web-push', () => aPhone(scout))
    : null
  if (!phone) skip('a phone', 'the VAPID keys in .dev.vars are for real browsers')
  await step(
    'they have used Scout for a week',
    'app.md',
    () => liveAWeek(scout, stack, door, rules),
    ({ events, notifications }) => `${events.length} pictures, ${notifications.length} notifications`,
  )
  return { scout, door, phone }
}

async function hang(scout: Client, camera: DemoCamera) {
  const { pairing_code: code } = await scout.createPairingCode({ location: 'Front door' })
  await camera.pair(code)
  const [{ public_camera_id: door = '' } = {}] = await scout.listCameras()
  await scout.updateCamera(door, { time_zone: zoneOfNoon() })
  return { code, door }
}

async function liveAWeek(
  scout: Client,
  { databaseUrl, storage }: Stack,
  door: string,
  rules: Record<string, string>,
) {
  const there = { cameras: { 'Front door': door }, rules }
  // With HOST it is not where .dev.vars says.
  const { origin: S3_ENDPOINT } = new URL((await scout.presignUpload('image/jpeg')).url)
  const parts = { databaseUrl, storage: { ...storage, S3_ENDPOINT } }
  const household = await aHousehold(scout, parts, there)
  for (const nickname of NOT_MEANT) {
    const rule = household.rules[nickname]!
    const [told] = await scout.listNotifications({ rule })
    await scout.giveFeedback(told!.public_event_id!, { public_rule_id: rule, feedback: 'wrong' })
  }
  return household
}

/** Where it is about noon: a rule for the night does not hold there. */
export function zoneOfNoon(now = new Date()) {
  const ahead = 12 - now.getUTCHours()
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}
