import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { freePorts } from './net.ts'

/** What the push services of this machine go by. */
export type LocalPush = {
  /** Of the push service: browsers keep it in their subscriptions, as they keep the key. */
  port: number
  vapid: ReturnType<typeof newVapidKeys>
  apnsKey: ReturnType<typeof newApnsKey>
}

/** What a file holds of it, made up where there is none. */
export async function localPush(file: string): Promise<LocalPush> {
  const kept = await readFile(file, 'utf8').catch(() => null)
  if (kept !== null) return JSON.parse(kept)
  const [port = 0] = await freePorts(1)
  const made = { port, vapid: newVapidKeys(), apnsKey: newApnsKey('LOCALKEY01') }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify(made), { mode: 0o600 })
  return made
}

/** A pair that signs Web Push (VAPID, RFC 8292), as browsers and the settings take it. */
export function newVapidKeys() {
  const { x = '', y = '', d = '' } = newKey()
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return { VAPID_PUBLIC_KEY: point.toString('base64url'), VAPID_PRIVATE_KEY: d }
}

/** A key that signs for an APNs of our own, as a JWK. */
export const newApnsKey = (kid: string) => ({ ...newKey(), alg: 'ES256', kid })

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
}
