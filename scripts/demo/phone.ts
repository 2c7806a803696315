import { join } from 'node:path'
import type { Client } from '@scout/client'
import { ROOT } from '../../stack/dev-vars.ts'
import { localPush } from '../../stack/push-keys.ts'
import type { Shown } from '../../stack/push-service/phones.ts'

export type Phone = Awaited<ReturnType<typeof aPhone>>
type Made = { id: string; endpoint: string; keys: { p256dh: string; auth: string } }
type Screen = { shown: Shown[]; received: number }

/** A phone of the push service that `npm run dev` started, which is told what somebody's cameras see. */
export async function aPhone(scout: Client) {
  const { port } = await localPush(join(ROOT, '.local/push.json'))
  const phones = `http://127.0.0.1:${port}/phones`
  const { key } = await scout.getPushKey()
  const made = await fetch(phones, { method: 'POST', body: JSON.stringify({ key }) })
  const { id, endpoint, keys } = (await made.json()) as Made
  await scout.registerPushTarget({ kind: 'web_push', endpoint, keys, name: 'Demo phone' })
  return {
    /** What it shows, the oldest first, and of how many pushes. */
    screen: async () => (await (await fetch(`${phones}/${id}`)).json()) as Screen,
  }
}
