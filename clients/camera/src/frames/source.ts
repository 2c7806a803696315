/** A picture as received, and when it was taken, in milliseconds since 1970. */
export type Frame = { at: number; jpeg: Uint8Array }

/**
 * A source of pictures: JPEGs until it ends or is stopped. It throws errors whose message is for the person who set it up, and closes
 * everything it opened.
 */
export type Source = (stop: AbortSignal) => AsyncIterable<Frame>
