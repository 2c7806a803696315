type Size = { type: 'image/jpeg' | 'image/png'; width: number; height: number }

/**
 * Reads the size and type from the first bytes: a JPEG (ITU-T T.81, annex B) or a PNG (RFC 2083); null if it is neither or is
 * cut off.
 */
export function sizeOf(bytes: Uint8Array): Size | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = isPng(view) ? pngSize(view) : jpegSize(view)
  return size && size.width > 0 && size.height > 0 ? size : null
}

const isPng = (view: DataView) =>
  view.byteLength >= 24 &&
  view.getUint32(0) === 0x89504e47 &&
  view.getUint32(4) === 0x0d0a1a0a &&
  view.getUint32(12) === 0x49484452 // IHDR

const pngSize = (view: DataView): Size => ({
  type: 'image/png',
  width: view.getUint32(16),
  height: view.getUint32(20),
})

const isJpeg = (view: DataView) =>
  view.byteLength >= 4 && view.getUint16(0) === 0xffd8 && view.getUint8(2) === 0xff

/** Frames begin with one of SOF0 to SOF15, without DHT, JPG and DAC, which lie between them. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
const START_OF_SCAN = 0xda
const END = 0xd9

/** Skips the segments before the frame's header; each has its length. */
function jpegSize(view: DataView): Size | null {
  if (!isJpeg(view)) return null
  let at = 2
  while (at + 9 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (isFrame(marker))
      return { type: 'image/jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    if (marker === START_OF_SCAN || marker === END) return null
    at += 2 + view.getUint16(at + 2)
  }
  return null
}
