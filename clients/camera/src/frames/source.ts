/** A picture as it came, and when it was taken, in milliseconds since 1970. */
export type Frame = { at: number; jpeg: Uint8Array }

/**
 * Where pictures come from: JPEGs until the source ends or is stopped. What goes wrong is thrown, in words for whoever set it up,
 * and nothing stays open behind.
 */
export type Source = (stop: AbortSignal) => AsyncIterable<Frame>
