/** A larger picture is treated as broken. */
const MOST_BYTES = 16_000_000
const START = 0xd8
const END = 0xd9
const SCAN = 0xda

/**
 * Extracts the JPEGs from a stream of bytes and skips anything between them. It parses their segments (ITU T.81, B.1), since a JPEG may
 * contain a thumbnail that is a JPEG too.
 */
export async function* jpegsIn(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = Buffer.alloc(0)
  for await (const bytes of stream) {
    held = Buffer.concat([held, bytes])
    for (;;) {
      const start = held.indexOf(Buffer.from([0xff, START]))
      // The last byte may be the first half of a start.
      held = start < 0 ? held.subarray(-1) : held.subarray(start)
      if (start < 0) break
      const end = endOf(held)
      if (end === 'later' && held.length <= MOST_BYTES) break
      // Skip the start marker of a broken JPEG and search for the next one.
      if (typeof end === 'number') yield Uint8Array.from(held.subarray(0, end))
      held = held.subarray(typeof end === 'number' ? end : 2)
    }
  }
}

/** The end of the JPEG at the start of these bytes. */
function endOf(bytes: Buffer): number | 'later' | 'broken' {
  let at = 2
  while (at + 3 < bytes.length || (at + 1 < bytes.length && bytes[at + 1] === END)) {
    if (bytes[at] !== 0xff) return 'broken'
    const marker = bytes[at + 1]!
    if (marker === END) return at + 2
    if (marker === START) return 'broken'
    if (marker === 0xff) {
      at += 1
      continue
    }
    const length = bytes.readUInt16BE(at + 2)
    if (length < 2) return 'broken'
    at += 2 + length
    if (marker === SCAN) at = behindScan(bytes, at)
  }
  return 'later'
}

/** The end of the scan data: a marker that is neither a stuffed 0 nor a restart. */
function behindScan(bytes: Buffer, from: number) {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]
    if (next === undefined) break
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
  }
  return bytes.length
}
