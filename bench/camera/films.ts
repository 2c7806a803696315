// The reports on films, as fast as they can be drawn: day or night, then seeds.
import { openDetector } from '@scout/detector'
import { watch } from '../../clients/camera/src/camera.ts'
import { readConfig } from '../../clients/camera/src/config.ts'
import { demo } from '../../clients/camera/src/frames/demo.ts'
import { sightOf } from '../../clients/camera/src/sights.ts'
import { actsOf, type Seen } from './truth.ts'

const [time, ...seeds] = process.argv.slice(2) as ['day' | 'night', ...string[]]
const { config } = await readConfig([])
const detector = await openDetector()
const seen: Seen[] = []
for (const seed of seeds.map(Number)) {
  const one: Seen = { seed, time, told: [] }
  const frames = demo({ ...config, seed, start: 0, acts: actsOf(seed, time) })(new AbortController().signal)
  for await (const { frame, told } of watch(frames, detector, sightOf(config)))
    for (const { label, at } of told) one.told.push({ label, second: at / 1000, toldAt: frame.at / 1000 })
  seen.push(one)
}
await detector.close()
process.send!(seen, () => process.disconnect())
