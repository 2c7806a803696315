const PAYLOAD = 26
const MOST_BYTES = 1_400
/** The type of a picture whose colours have half its width and height, and the quality that says that its tables come along. */
const HALVED = 1
const OWN_TABLES = 255

/** The RTP packets of a JPEG with Huffman's usual tables, 4:2:0 (RFC 2435), and the number of the packet after them. */
export function packetsOf(jpeg: Uint8Array, number: number, seconds: number) {
  const { width, height, tables, scan } = partsOf(Buffer.from(jpeg))
  const packets: Buffer[] = []
  for (let at = 0; at < scan.length; at += MOST_BYTES) {
    const part = scan.subarray(at, at + MOST_BYTES)
    const isLast = at + MOST_BYTES >= scan.length
    const head = Buffer.alloc(20)
    head.writeUInt8(0x80, 0)
    head.writeUInt8(PAYLOAD | (isLast ? 0x80 : 0), 1)
    head.writeUInt16BE(number++ & 0xffff, 2)
    head.writeUInt32BE(Math.round(seconds * 90_000) >>> 0, 4)
    head.writeUInt32BE(at, 12)
    head.set([HALVED, OWN_TABLES, width / 8, height / 8], 16)
    const quantization = at === 0 ? [Buffer.from([0, 0, 0, tables.length]), tables] : []
    packets.push(Buffer.concat([head, ...quantization, part]))
  }
  return { packets, next: number }
}

/** The parts of a JPEG that are sent: its size, its two quantization tables, and its scan. */
function partsOf(jpeg: Buffer) {
  const tables: Buffer[] = []
  let [width, height] = [0, 0]
  for (let at = 2; ;) {
    const [marker, length] = [jpeg[at + 1]!, jpeg.readUInt16BE(at + 2)]
    const content = jpeg.subarray(at + 4, at + 2 + length)
    if (marker === 0xdb)
      for (let from = 1; from < content.length; from += 65) tables.push(content.subarray(from, from + 64))
    if (marker === 0xc0) [height, width] = [content.readUInt16BE(1), content.readUInt16BE(3)]
    at += 2 + length
    if (marker === 0xda) return { width, height, tables: Buffer.concat(tables), scan: jpeg.subarray(at, -2) }
  }
}
