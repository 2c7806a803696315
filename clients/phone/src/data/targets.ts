import type { PushTarget, PushTargetInput } from '@scout/client'
import { removeFrom } from './leaving.ts'
import { resource } from './resource.ts'
import { scout } from './session.ts'

/** The user's push targets: phones, browsers and services. */
export const targets = () => resource('push-targets', () => scout.listPushTargets())

/** Adds a push target. @throws ScoutError with the errors of the fields, UnreachableError */
export async function addTarget(input: PushTargetInput) {
  const target = await scout.registerPushTarget(input)
  void targets().renew()
  return target
}

/** Sends a test and returns its outcome. @throws ScoutError, UnreachableError */
export async function testTarget(id: string) {
  const outcome = await scout.testPushTarget(id)
  void targets().renew()
  return outcome
}

/** Removes a push target, after the time for Undo. */
export const removeTarget = (target: PushTarget) =>
  removeFrom(targets(), [idOf(target)], {
    words: `${target.name || 'It'} was removed.`,
    idOf,
    act: () => scout.removePushTarget(idOf(target)),
  })

const idOf = ({ public_target_id: id }: PushTarget) => id
