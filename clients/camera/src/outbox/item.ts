import type { Frame } from '../frames/source.ts'
import type { Told } from '../sight/activity.ts'

/** An item to send: a picture, when it was taken, and what was found in it. */
export type Item = {
  capturedAt: number
  labels: { label: string; score: number; box: number[] }[]
  jpeg: Uint8Array
}
/** The item of a report. */
export const itemOf = ({ label, at, picture, found }: Told<Frame>): Item => ({
  capturedAt: Math.round(at),
  labels: [{ label, score: found.score, box: [...found.box] }],
  jpeg: picture.jpeg,
})
