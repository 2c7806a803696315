import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Looked } from '../../clients/camera/src/camera.ts'
import { pair } from '../../clients/camera/src/commands/pair.ts'
import { run } from '../../clients/camera/src/commands/run.ts'
import { readConfig } from '../../clients/camera/src/config.ts'
import { openDevice } from '../../clients/camera/src/outbox/session.ts'

/** What happens to the first picture on its way, in this order; it fails where the camera does. */
type Hops = {
  moved: void
  found: { label: string; score: number }
  presigned: { key: string }
  uploaded: { bytes: Uint8Array }
  announced: { public_event_id: string; state: string }
}
/** Of its scenes, one in which a person comes soon. */
const SCENE = 12
export type DemoCamera = Awaited<ReturnType<typeof aDemoCamera>>

/** The camera program in this process, before a scene that is drawn from photographs. `say` is told what it says. */
export async function aDemoCamera(service: string, say: (words: string) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'scout-demo-'))
  const settings = { service, folder, source: 'demo', seed: SCENE }
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  const { config } = await readConfig(flags, {})
  const hops = newHops()
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  return {
    pair: (code: string) => pair(config, [code], say),
    /** The camera's way to the service, with its token. */
    device: () => openDevice(folder),
    /** Looks from now on. */
    start() {
      running = run(config, say, stopping.signal, { onLooked: hops.look, fetch: hops.fetch })
      running.catch(hops.fail)
    },
    hops: hops.waiting,
    /** Ends where the camera ends by itself, which it does not do before a scene. */
    ended: () => running,
    async stop() {
      stopping.abort()
      await running?.catch(() => {})
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Tells the hops of a camera's first picture by what it looks at, and by what it asks over the network. */
function newHops() {
  const waiting = {
    moved: Promise.withResolvers<Hops['moved']>(),
    found: Promise.withResolvers<Hops['found']>(),
    presigned: Promise.withResolvers<Hops['presigned']>(),
    uploaded: Promise.withResolvers<Hops['uploaded']>(),
    announced: Promise.withResolvers<Hops['announced']>(),
  }
  for (const { promise } of Object.values(waiting)) promise.catch(() => {})
  let key: string | undefined

  return {
    waiting,
    fail: (error: unknown) => Object.values(waiting).forEach(({ reject }) => reject(error)),

    look({ regions, told: [first] }: Looked) {
      if (regions.length > 0) waiting.moved.resolve()
      if (first) waiting.found.resolve({ label: first.label, score: first.found.score })
    },

    async fetch(url: string, init: RequestInit) {
      const response = await fetch(url, init)
      const answer = async <T>() => (await response.clone().json()) as T
      if (!response.ok) return response
      if (url.includes('upload_type=DETECTION')) {
        const presigned = await answer<Hops['presigned']>()
        key ??= presigned.key
        waiting.presigned.resolve(presigned)
      } else if (key && init.method === 'PUT' && url.includes(key))
        waiting.uploaded.resolve({ bytes: new Uint8Array(await new Response(init.body).arrayBuffer()) })
      else if (new URL(url).pathname === '/v1/events/')
        waiting.announced.resolve(await answer<Hops['announced']>())
      return response
    },
  }
}
