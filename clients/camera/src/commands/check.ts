import { UnreachableError } from '@scout/client'
import { openDetector } from '@scout/detector'
import type { Config } from '../settings.ts'
import { sourceOf } from '../frames/open.ts'
import { withoutPrivate } from '../frames/pixels.ts'
import type { Frame } from '../frames/source.ts'
import type { Say } from '../log.ts'
import { openDevice, serviceOf } from '../outbox/session.ts'

/** How many pictures the check reads. */
const PICTURES = 10
const PATIENCE_IN_MS = 20_000
/** A clock that is off by more gives events wrong times. */
const CLOCK_IN_MS = 5_000

/** Tests each part, prints a line for each, and returns whether all work. */
export async function check(config: Config, say: Say, stop: AbortSignal) {
  let last: Frame | null = null
  const parts: [name: string, ask: () => Promise<string>][] = [
    ['source', async () => ((last = await pictures(config, stop)), `${last.jpeg.length} bytes a picture`)],
    ['detector', () => found(last)],
    ['clock', async () => clock((await serviceOf(config.folder)) ?? config.service)],
    [
      'service',
      async () => (await (await openDevice(config.folder)).getDeviceAccess(), 'accepts this camera'),
    ],
    ['storage', async () => (await upload(config, last), 'accepted a preview')],
  ]
  let isWhole = true
  for (const [name, ask] of parts) {
    const words = await ask().then(
      (words) => `ok      ${name}: ${words}`,
      (error: Error) => `FAILED  ${name}: ${error.message}`,
    )
    isWhole &&= words.startsWith('ok')
    say(words)
  }
  return isWhole

  async function upload({ folder }: Config, frame: Frame | null) {
    if (!frame) throw new Error('there is no picture to upload')
    const device = await openDevice(folder)
    await device.uploadMedia('CAMERA_PREVIEW', frame.jpeg)
    await device.notePreview()
  }
}

/** A picture of the source, without its private places. */
async function pictures(config: Config, stop: AbortSignal): Promise<Frame> {
  const { source } = sourceOf(config.source, config)
  const end = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_IN_MS)])
  let count = 0
  for await (const { at, jpeg } of source(end))
    if (++count === PICTURES) return { at, jpeg: await withoutPrivate(jpeg, config.privacy) }
  throw new Error(`only ${count} pictures in ${PATIENCE_IN_MS / 1000} s`)
}

async function found(frame: Frame | null) {
  const detector = await openDetector()
  try {
    const from = performance.now()
    const labels = frame ? (await detector.detect(frame.jpeg)).map(({ label }) => label) : []
    const took = Math.round(performance.now() - from)
    return `${detector.note ?? 'native'}, ${took} ms, sees ${labels.join(', ') || 'nothing it knows'}`
  } finally {
    await detector.close()
  }
}

async function clock(service: string) {
  const response = await fetch(new URL('/healthz', service)).catch((error: unknown) => {
    throw new UnreachableError(service, 'unreachable', error)
  })
  const date = response.headers.get('Date')
  const off = date ? Date.now() - Date.parse(date) : 0
  if (Math.abs(off) > CLOCK_IN_MS)
    throw new Error(`off by ${Math.round(off / 1000)} s; run \`sudo timedatectl set-ntp true\``)
  return 'matches the service'
}
