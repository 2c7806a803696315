import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createDevice, type DeviceOptions } from '@scout/client'
import { writeWhole } from './write-whole.ts'

type Pairing = { service: string; nonce: string }
type Identity = { service: string; deviceToken: string }
export type Version = { model: string; version: string }
type More = Pick<DeviceOptions, 'fetch'>

/** How to pair, with the installed program and in the repository. */
export const PAIRING = '`scout-camera pair CODE`, or `npm run camera -- pair CODE` in the repository'

/** The camera is not paired yet. */
export class NotPaired extends Error {
  constructor() {
    super(`This camera is not paired. With the code from the app, run ${PAIRING}.`)
  }
}

/** The camera's identity, and a pairing without an answer yet, in files that only their own user can read. */
const identityIn = (folder: string) => join(folder, 'device.json')
const pairingIn = (folder: string) => join(folder, 'pairing.json')
/** The pictures that wait to be sent. */
export const spoolIn = (folder: string) => join(folder, 'spool')

/**
 * Pairs this camera and stores its token. The nonce is written to disk before the request, so that the same code works again if the
 * answer is lost. A camera that is paired already keeps its token until it has the new one; then its unsent pictures are deleted, since
 * they belong to the earlier owner.
 */
export async function pair(folder: string, service: string, code: string, about: Version, more: More = {}) {
  const pending = pairingIn(folder)
  const before = await read<Pairing>(pending)
  const nonce = before?.service === service ? before.nonce : randomBytes(32).toString('base64url')
  await write(folder, pending, { service, nonce })
  const device = createDevice({ baseUrl: service, ...more })
  const { device_token, ...camera } = await device.pairDevice({ pairing_code: code, nonce, ...about })
  await rm(spoolIn(folder), { recursive: true, force: true, maxRetries: 3 })
  await write(folder, identityIn(folder), { service, deviceToken: device_token })
  await rm(pending)
  return camera
}

/** Opens a client for this camera. Throws NotPaired. */
export async function openDevice(folder: string, more: More = {}) {
  const identity = await read<Identity>(identityIn(folder))
  if (!identity) throw new NotPaired()
  return createDevice({ baseUrl: identity.service, deviceToken: identity.deviceToken, ...more })
}

/** The address of the service that this camera is paired with, or null. */
export const serviceOf = async (folder: string) => (await read<Identity>(identityIn(folder)))?.service ?? null

async function read<T>(path: string): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  return text === null ? null : JSON.parse(text)
}

async function write(folder: string, path: string, content: Pairing | Identity) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeWhole(path, Buffer.from(JSON.stringify(content)))
}
