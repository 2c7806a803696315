import { writeFile } from 'node:fs/promises'
import { encode } from 'uqr'

const [WIDTH, HEIGHT] = [1280, 720]
/** The width of the code in the picture, as of a sticker at arm's length. */
const CODE_IN_PX = 320
const [DARK, PAPER, WALL] = [40, 225, 120]

/** Writes the film for Chromium's fake camera: a wall with a QR code, uncompressed (YUV4MPEG2). */
export async function filmOfCode(path: string, text: string) {
  const frame = Buffer.concat([Buffer.from('FRAME\n'), picture(text)])
  await writeFile(path, [`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`, frame, frame])
}

/** One frame: the brightness of each pixel, then two quarter-size planes without colour. */
function picture(text: string) {
  const { data } = encode(text, { ecc: 'M', border: 4 })
  const side = Math.floor(CODE_IN_PX / data.length)
  const start = { x: (WIDTH - side * data.length) >> 1, y: (HEIGHT - side * data.length) >> 1 }
  const pixels = Buffer.alloc((WIDTH * HEIGHT * 3) / 2, 128).fill(WALL, 0, WIDTH * HEIGHT)
  for (const [row, modules] of data.entries())
    for (const [column, isDark] of modules.entries())
      for (let y = 0; y < side; y++) {
        const from = (start.y + row * side + y) * WIDTH + start.x + column * side
        pixels.fill(isDark ? DARK : PAPER, from, from + side)
      }
  return pixels
}
