import { cameras } from './cameras.ts'
import { keep, kept } from './kept.ts'
import { type Resource, resource, valueIn } from './resource.ts'
import { scout } from './session.ts'

/** What the setup still needs. `isTold`: whether this phone gets pushes; null if this deployment has none. */
export type FirstRun = { hasRule: boolean; isTold: boolean | null }

const OVER = 'first run/over'

/** The progress of the setup; null if it is complete or hidden. */
export const firstRun = (): Resource<FirstRun | null> =>
  resource('first run', async () => {
    if (await kept(OVER)) return null
    const [hasRule, isTold] = await Promise.all([hasAnyRule(), isThisPhoneTold()])
    return { hasRule, isTold }
  })

/** Hides the setup steps, for this account on this phone. */
export async function endFirstRun() {
  firstRun().show(null)
  await keep(OVER, { value: true, asOf: Infinity })
}

async function hasAnyRule() {
  for (const { public_camera_id: id } of valueIn(cameras()) ?? (await scout.listCameras())) {
    const { done } = await scout.eachRule(id, { pageSize: 1 }).next()
    if (!done) return true
  }
  return false
}

async function isThisPhoneTold() {
  const { channels } = await scout.getNotificationSettings()
  if (!channels.web_push && !channels.apns) return null
  for await (const { kind, is_current: isCurrent } of scout.eachPushTarget())
    if (isCurrent && (kind === 'web_push' || kind === 'apns')) return true
  return false
}
