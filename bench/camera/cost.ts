// The cost of a camera in real time: the folder of its package, the address of its pictures, and the number of seconds.
import { setTimeout as wait } from 'node:timers/promises'
import { builtCamera } from './built.ts'

/** The share of a core, the memory in MB, and the pictures analysed per second. */
export type Cost = { share: number; rss: number; fps: number }

/** Until everything is compiled and loaded. */
const WARMING_IN_MS = 10_000

const [folder = '', url = '', seconds = ''] = process.argv.slice(2)
const { mjpeg, openDetector, readConfig, sightOf, watch } = await builtCamera(folder)
const { config } = await readConfig([], {})
const detector = await openDetector()
const stop = new AbortController()
let pictures = 0
const watching = look().catch((error: unknown) => {
  if (!stop.signal.aborted) throw error
})
await wait(WARMING_IN_MS)
const [before, from] = [process.cpuUsage(), performance.now()]
pictures = 0
await wait(Number(seconds) * 1000)
const { user, system } = process.cpuUsage(before)
const took = performance.now() - from
const cost: Cost = {
  share: (user + system) / 1000 / took,
  rss: process.memoryUsage.rss() / 1e6,
  fps: (pictures / took) * 1000,
}
stop.abort()
await watching
await detector.close()
process.send!(cost, () => process.disconnect())

async function look() {
  for await (const _ of watch(mjpeg(url)(stop.signal), detector, sightOf(config))) pictures++
}
