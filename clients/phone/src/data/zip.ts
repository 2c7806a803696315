import { PhoneError } from './faults.ts'

/** A file in a ZIP; its name may contain folders. */
export type ZipFile = { name: string; content: Blob }

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
/** Version 2.0, which supports folders; names are UTF-8. */
const VERSION = 20
const UTF8 = 0x0800
/** Midnight of 1 January 1980, the earliest time in the format. */
const NO_TIME = 0x0021_0000

/** Below the limits of the format, with room for the headers. */
const MOST_FILES = 65_534
const MOST_BYTES = 4_000_000_000
const TOO_LARGE = 'There are too many pictures for a ZIP file. Export your data without them.'

/** @throws PhoneError if a ZIP cannot hold so many files or bytes */
export function assertFits(files: number, bytes: number) {
  if (files > MOST_FILES || bytes > MOST_BYTES) throw new PhoneError(TOO_LARGE)
}

/** Makes a ZIP (PKWARE APPNOTE 6.3) without compression, since pictures are compressed. @throws PhoneError if it gets too large */
export async function zipOf(files: ZipFile[]): Promise<Blob> {
  assertFits(
    files.length,
    files.reduce((sum, { content }) => sum + content.size, 0),
  )
  const parts: BlobPart[] = []
  const directory: BlobPart[] = []
  let offset = 0
  let directoryLength = 0
  for (const { name, content } of files) {
    const path = new TextEncoder().encode(name)
    const sum = crc32(new Uint8Array(await content.arrayBuffer()))
    const size = content.size
    // These fields appear twice: before the file and in the directory.
    const common: [number, 2 | 4][] = [
      [VERSION, 2],
      [UTF8, 2],
      [0, 2],
      [NO_TIME, 4],
      [sum, 4],
      [size, 4],
      [size, 4],
      [path.length, 2],
      [0, 2],
    ]
    const local = fields([LOCAL, 4], ...common)
    const central = fields([CENTRAL, 4], [VERSION, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4])
    parts.push(local, path, content)
    directory.push(central, path)
    offset += local.length + path.length + size
    directoryLength += central.length + path.length
  }
  const count = files.length
  const end = fields(
    [END, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [directoryLength, 4],
    [offset, 4],
    [0, 2],
  )
  return new Blob([...parts, ...directory, end], { type: 'application/zip' })
}

/** Numbers of two or four bytes, little-endian. */
function fields(...numbers: [value: number, bytes: 2 | 4][]) {
  const bytes = new Uint8Array(numbers.reduce((length, [, size]) => length + size, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [value, size] of numbers) {
    if (size === 2) view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
    at += size
  }
  return bytes
}

/** The checksum of a ZIP (ISO 3309, CRC-32). */
export function crc32(bytes: Uint8Array) {
  let sum = 0xffffffff
  for (const byte of bytes) sum = (sum >>> 8) ^ TABLE[(sum ^ byte) & 0xff]!
  return (sum ^ 0xffffffff) >>> 0
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  return sum
})
