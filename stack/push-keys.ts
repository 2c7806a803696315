import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { freePorts } from './net.ts'

/** The keys and port of this machine's push services. */
export type LocalPush = {
  /** The port of the push service: browsers store it in their subscriptions, as they do the key. */
  port: number
  vapid: ReturnType<typeof newVapidKeys>
  apnsKey: ReturnType<typeof newApnsKey>
}

/** Reads them from a file, or creates them. */
export async function localPush(file: string): Promise<LocalPush> {
  const kept = await readFile(file, 'utf8').catch(() => null)
  if (kept !== null) return read(kept, file)
  const [port = 0] = await freePorts(1)
  const made = { port, vapid: newVapidKeys(), apnsKey: newApnsKey('LOCALKEY01') }
  await mkdir(dirname(file), { recursive: true })
  // Atomically, so that a full disk or a kill leaves no half.
  const half = `${file}.${process.pid}`
  await writeFile(half, JSON.stringify(made), { mode: 0o600 })
  await rename(half, file)
  return made
}

function read(kept: string, file: string): LocalPush {
  try {
    return JSON.parse(kept)
  } catch {
    throw new Error(
      `${file} is damaged. Delete it: then this machine gets new keys, and browsers subscribe again.`,
    )
  }
}

/** A key pair that signs Web Push (VAPID, RFC 8292), in the format of browsers and the settings. */
export function newVapidKeys() {
  const { x = '', y = '', d = '' } = newKey()
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return { VAPID_PUBLIC_KEY: point.toString('base64url'), VAPID_PRIVATE_KEY: d }
}

/** A key that signs for our own APNs, as a JWK. */
export const newApnsKey = (kid: string) => ({ ...newKey(), alg: 'ES256', kid })

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
}
