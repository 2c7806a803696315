// npm run icons: draws the phone app's icons from its icon.svg, to be committed. Launchers crop `maskable` to their shape, so
// its mark stays in the middle; iPhones round `apple-touch` and the App Store's icon themselves, which must not be
// transparent; a status bar shows only the shape of `badge`.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

const folder = join(import.meta.dirname, '../clients/phone/public/icons')
const xcode = '../../ios/App/App/Assets.xcassets'
const icon = await readFile(join(folder, 'icon.svg'), 'utf8')
const square = icon.replace(/ rx="\d+"/, '')

await draw('icon-192.png', 192, icon, { isOpaque: false })
await draw('icon-512.png', 512, icon, { isOpaque: false })
await draw('maskable-512.png', 512, scaled(square, 0.82))
await draw('apple-touch-180.png', 180, square)
await draw(`${xcode}/AppIcon.appiconset/AppIcon-512@2x.png`, 1024, square)
for (const scale of [2, 3])
  await draw(`${xcode}/Splash.imageset/splash@${scale}x.png`, 112 * scale, icon, { isOpaque: false })
await draw(
  'badge-96.png',
  96,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">
    <circle cx="48" cy="48" r="34" fill="none" stroke="#fff" stroke-width="13"/><circle cx="48" cy="48" r="13" fill="#fff"/>
  </svg>`,
  { isOpaque: false },
)

/** With a mark of this share of its size, in the middle. */
function scaled(svg: string, size: number) {
  const offset = 256 * (1 - size)
  return svg.replace('id="mark"', `transform="translate(${offset} ${offset}) scale(${size})"`)
}

async function draw(name: string, pixels: number, svg: string, { isOpaque = true } = {}) {
  const density = (72 * pixels) / (svg.includes('0 0 512') ? 512 : 96)
  const image = sharp(Buffer.from(svg), { density: Math.max(density, 72) }).resize(pixels, pixels)
  await (isOpaque ? image.flatten() : image).png({ compressionLevel: 9 }).toFile(join(folder, name))
}
