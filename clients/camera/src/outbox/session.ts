import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDevice, type DeviceOptions } from '@scout/client'

type Identity = { service: string; deviceToken?: string; nonce: string }
export type Version = { model: string; version: string }
type More = Pick<DeviceOptions, 'fetch'>

/** The camera is not paired yet. */
export class NotPaired extends Error {
  constructor() {
    super('This camera is not paired. Run `pair CODE` with the code from the app.')
  }
}

/** The camera's identity, in a file that only its own user can read. */
const pathIn = (folder: string) => join(folder, 'device.json')

/**
 * Pairs this camera and stores its token. The nonce is written to disk before the request, so that the same code works again if the
 * answer is lost.
 */
export async function pair(folder: string, service: string, code: string, about: Version, more: More = {}) {
  const before = await read(folder)
  const isAgain = before?.service === service && !before.deviceToken
  const nonce = isAgain ? before.nonce : randomBytes(32).toString('base64url')
  if (!isAgain) await write(folder, { service, nonce })
  const device = createDevice({ baseUrl: service, ...more })
  const { device_token, ...camera } = await device.pairDevice({ pairing_code: code, nonce, ...about })
  await write(folder, { service, nonce, deviceToken: device_token })
  return camera
}

/** Opens a client for this camera. Throws NotPaired. */
export async function openDevice(folder: string, more: More = {}) {
  const identity = await read(folder)
  if (!identity?.deviceToken) throw new NotPaired()
  return createDevice({ baseUrl: identity.service, deviceToken: identity.deviceToken, ...more })
}

async function read(folder: string): Promise<Identity | null> {
  const text = await readFile(pathIn(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  return text === null ? null : JSON.parse(text)
}

/** Replaces the file atomically, so that it never holds half a token. */
async function write(folder: string, identity: Identity) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const part = `${pathIn(folder)}.part`
  await writeFile(part, JSON.stringify(identity), { mode: 0o600, flush: true })
  await chmod(part, 0o600)
  await rename(part, pathIn(folder))
}
