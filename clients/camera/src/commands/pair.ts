import { hostname } from 'node:os'
import type { Config } from '../settings.ts'
import type { Say } from '../log.ts'
import { pair as pairDevice, PAIRING } from '../outbox/session.ts'
import { VERSION } from '../version.ts'

/** Adds this camera to the account that the code is from. */
export async function pair({ folder, service }: Config, [code]: string[], say: Say) {
  if (!code) throw new Error(`The code is missing. With the code from the app, run ${PAIRING}.`)
  const { location } = await pairDevice(folder, service, code, {
    model: hostname().slice(0, 100),
    version: VERSION,
  })
  say(`Paired as camera «${location}». If the program is running, restart it.`)
}
