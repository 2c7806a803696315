import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDetector } from '@scout/detector'
import { watch as watching } from '../camera.ts'
import type { Config } from '../settings.ts'
import { demo } from '../frames/demo.ts'
import { sourceOf } from '../frames/open.ts'
import { annotated } from '../frames/pixels.ts'
import type { Say } from '../log.ts'
import { sightOf } from '../sights.ts'

/** Prints what would be sent of a film, as fast as it can, and saves a picture of each to a folder. Sends nothing. */
export async function watch(config: Config, [film, folder = 'seen']: string[], say: Say, stop: AbortSignal) {
  if (!film) throw new Error('The film is missing. Run `watch ./film.mp4` or `watch demo`.')
  const source = film === 'demo' ? demo({ ...config, start: 0 }) : sourceOf(film, config).source
  const detector = await openDetector()
  await mkdir(folder, { recursive: true })
  let start: number | null = null
  let count = 0
  try {
    for await (const { frame, told } of watching(source(stop), detector, sightOf(config))) {
      start ??= frame.at
      for (const { label, at, picture, found } of told) {
        const path = join(folder, `${String(++count).padStart(3, '0')}-${label.replaceAll(' ', '-')}.jpg`)
        await writeFile(path, await annotated(picture.jpeg, [found.box]))
        say(`${((at - start) / 1000).toFixed(1)} s: ${label}, ${Math.round(found.score * 100)} %, ${path}`)
      }
    }
  } finally {
    await detector.close()
  }
  say(`${count} would be sent.`)
}
