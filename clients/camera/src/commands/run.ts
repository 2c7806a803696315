import { setTimeout as wait } from 'node:timers/promises'
import type { DeviceOptions } from '@scout/client'
import { openDetector } from '@scout/detector'
import { type Looked, watch } from '../camera.ts'
import type { Config } from '../settings.ts'
import { lasting } from '../frames/lasting.ts'
import { sourceOf } from '../frames/open.ts'
import type { Say } from '../log.ts'
import { itemOf } from '../outbox/item.ts'
import { beat, preview } from '../outbox/presence.ts'
import { sendAll } from '../outbox/send.ts'
import { openDevice, serviceOf, spoolIn } from '../outbox/session.ts'
import { openSpool } from '../outbox/spool.ts'
import { sightOf } from '../sights.ts'
import { VERSION } from '../version.ts'

/** An older picture is no preview. */
const STALE_IN_MS = 10_000
/** A camera without a picture for longer says nothing, so that its owner hears that it is offline. */
const BLIND_IN_MS = 60_000

/** How long the end waits for what is being sent; the rest is sent after the next start. */
const ENDS_IN_MS = 5_000

/** How a camera is watched from within its process. */
type Watching = Pick<DeviceOptions, 'fetch'> & { onLooked?: (looked: Looked) => void }

/** Looks, and sends what it finds, until it is stopped or the film ends and all of it has arrived. */
export async function run(config: Config, say: Say, stop: AbortSignal, { onLooked, ...more }: Watching = {}) {
  const { source, ends } = sourceOf(config.source, config)
  const device = await openDevice(config.folder, more)
  const spool = await openSpool(spoolIn(config.folder), config.spool * 1e6, say)
  const detector = await openDetector()
  if (detector.note) say(detector.note)
  say(`Watching, for ${await serviceOf(config.folder)}.`)
  const end = new AbortController()
  const until = AbortSignal.any([stop, end.signal])
  const seen = {
    jpeg: null as Uint8Array | null,
    /** When the last picture came, by a clock that nobody sets. */
    at: -Infinity,
    frames: 0,
    since: performance.now(),
    health: 'fine',
  }
  const beside = [
    sendAll(spool, device, { say, stop: until }),
    beat(device, heartbeat, { say, stop: until }),
    preview(device, () => (isSilentFor(STALE_IN_MS) ? null : seen.jpeg), { say, stop: until }),
  ]
  try {
    const frames = ends ? source(stop) : lasting(source, { say })(stop)
    for await (const looked of watch(frames, detector, sightOf(config))) {
      onLooked?.(looked)
      const { frame, told, health } = looked
      if (health !== 'broken') Object.assign(seen, { jpeg: frame.jpeg, at: performance.now() })
      seen.frames += 1
      if (health !== seen.health) say(`The picture is ${health}.`)
      seen.health = health
      for (const one of told) {
        const { label, at, found } = one
        say(`A ${label}, ${Math.round(found.score * 100)} % certain, at ${new Date(at).toISOString()}`)
        await spool.add(itemOf(one))
      }
    }
    while (!stop.aborted && (await spool.count()) > 0) await wait(200)
  } finally {
    end.abort()
    await Promise.race([Promise.all(beside), wait(ENDS_IN_MS, undefined, { ref: false })])
    await detector.close()
  }

  function isSilentFor(milliseconds: number) {
    return performance.now() - seen.at > milliseconds
  }

  async function heartbeat() {
    if (isSilentFor(BLIND_IN_MS)) return null
    const seconds = (performance.now() - seen.since) / 1000
    const fps = Math.round((seen.frames / Math.max(seconds, 1)) * 10) / 10
    Object.assign(seen, { frames: 0, since: performance.now() })
    return { version: VERSION, fps, spooled: await spool.count() }
  }
}
