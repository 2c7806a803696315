import { HEADS, INPUT_SHAPE, readModel, SIDE } from './model.ts'
import { loadDecoder, pixelsOf } from './pixels.ts'
import { openSession, type SessionOptions } from './session.ts'
import { type Detection, detectionsIn } from './ssd.ts'

/** Finds things in a picture. A call blocks its process for the time in the README. */
export type Detector = Awaited<ReturnType<typeof openDetector>>

/** Loads the network, in half a second. Throws NoRuntime if this machine cannot run it. */
export async function openDetector(options: SessionOptions = {}) {
  await loadDecoder()
  const { runtime, note, run, close } = await openSession(await readModel(), INPUT_SHAPE, options)
  return {
    runtime,
    note,
    close,
    /**
     * Returns what is in a JPEG or PNG, the most certain first. Detections below the threshold, from 0 to 1, are left out. Throws
     * UnreadablePicture.
     */
    async detect(picture: Uint8Array, { threshold = 0.5 } = {}): Promise<Detection[]> {
      const said = await run(await pixelsOf(picture, SIDE))
      const heads = HEADS.map(({ places, classes }) => ({
        places: said.get(places)!,
        classes: said.get(classes)!,
      }))
      return detectionsIn(heads, threshold)
    },
  }
}
