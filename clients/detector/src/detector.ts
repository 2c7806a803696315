import { HEADS, INPUT_SHAPE, readModel, SIDE } from './model.ts'
import { loadDecoder, type Part, pixelsOf } from './pixels.ts'
import { openSession, type SessionOptions } from './session.ts'
import { type Detection, detectionsIn } from './ssd.ts'

type Look = { threshold?: number; part?: Part | undefined }

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
     * Returns what is in a JPEG or PNG, the most certain first. Detections below the threshold, from 0 to 1, are left out. With a
     * `part` it looks only there, and the boxes are relative to that part. Throws UnreadablePicture, and RangeError for a part
     * beyond the picture.
     */
    async detect(picture: Uint8Array, { threshold = 0.5, part }: Look = {}): Promise<Detection[]> {
      const said = await run(await pixelsOf(picture, SIDE, part))
      const heads = HEADS.map(({ places, classes }) => ({
        places: said.get(places)!,
        classes: said.get(classes)!,
      }))
      return detectionsIn(heads, threshold)
    },
  }
}
