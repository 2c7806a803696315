import { hostname } from 'node:os'
import type { Config } from '../settings.ts'
import type { Say } from '../log.ts'
import { pair as pairDevice } from '../outbox/session.ts'
import { VERSION } from '../version.ts'

/** Becomes a camera of whoever made the code. */
export async function pair({ folder, service }: Config, [code]: string[], say: Say) {
  if (!code) throw new Error('Which code? `pair K7QM-3WPD`, with the code that the app shows.')
  const { location } = await pairDevice(folder, service, code, {
    model: hostname().slice(0, 100),
    version: VERSION,
  })
  say(`This is the camera «${location}» now.`)
}
