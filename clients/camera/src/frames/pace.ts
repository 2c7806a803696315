import type { Source } from './source.ts'

/**
 * A source that skips pictures where a camera sends more than `fps` a second: motion is measured between pictures of that rate. A
 * camera of that very rate loses none to its jitter, up to half the time between two.
 */
export const atMost = (fps: number, source: Source): Source =>
  async function* (stop) {
    const gap = 1000 / fps
    let due = -Infinity
    for await (const frame of source(stop)) {
      // Not the frame's time, which jumps where the clock is set.
      const now = performance.now()
      if (now < due - gap / 2) continue
      due = Math.max(due, now) + gap
      yield frame
    }
  }
