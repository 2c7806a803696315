// The growth of a camera's memory over hours of film, analysed as fast as possible: the folder of its package, the address of its pictures, and the
// number of hours.
import type { Frame } from '../../clients/camera/src/frames/source.ts'
import { builtCamera } from './built.ts'

/** The memory at the end in MB, and its growth per hour of film after the first ten minutes. */
export type Growth = { rss: number; growth: number; hours: number }

const FPS = 5
const FIRST_MINUTES = 10

const [folder = '', url = '', hours = ''] = process.argv.slice(2)
const { mjpeg, openDetector, readConfig, sightOf, watch } = await builtCamera(folder)
const { config } = await readConfig([], {})
const detector = await openDetector()
const stop = new AbortController()
/** By minute of the film, in MB. */
const samples: number[] = []
for await (const { frame } of watch(film(), detector, sightOf(config))) {
  const minute = frame.at / 60_000
  if (Number.isInteger(minute)) samples.push(process.memoryUsage.rss() / 1e6)
  if (minute >= Number(hours) * 60) stop.abort()
}
await detector.close()
const growth: Growth = {
  rss: samples.at(-1)!,
  growth: slopeOf(samples.slice(FIRST_MINUTES)) * 60,
  hours: Number(hours),
}
process.send!(growth, () => process.disconnect())

async function* film(): AsyncGenerator<Frame> {
  let number = 0
  try {
    for await (const { jpeg } of mjpeg(url)(stop.signal)) yield { at: (number++ * 1000) / FPS, jpeg }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  }
}

/** The growth from one to the next, by least squares. */
function slopeOf(values: number[]) {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const [products, squares] = values.reduce(
    ([products, squares], value, i) => [
      products + (i - middle) * (value - mean),
      squares + (i - middle) ** 2,
    ],
    [0, 0],
  )
  return products / squares
}
