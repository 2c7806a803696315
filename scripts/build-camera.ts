// npm run build -w clients/camera: builds a package that needs nothing of this repository, in clients/camera/dist or the
// given folder. `npm pack clients/camera/dist` makes one file of it.
import { execFileSync } from 'node:child_process'
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'clients/camera')
const [target = join(folder, 'dist')] = process.argv.slice(2).map((path) => resolve(path))
/** The photographs from which the demo draws its scene. */
const PHOTOS = [
  'scripts/photos/person.jpg',
  'scripts/photos/cat.jpg',
  'test/photos/bricks.jpg',
  'test/photos/cars.jpg',
]

await rm(target, { recursive: true, force: true })
execFileSync(process.execPath, [join(root, 'scripts/build-detector.ts'), join(target, 'detector')])
await writePlain(join(folder, 'src'), target)
await writePlain(join(root, 'clients/typescript/src'), join(target, 'client'))
await mkdir(join(target, 'photos'))
for (const path of PHOTOS) await copyFile(join(root, path), join(target, 'photos', path.split('/').at(-1)!))
for (const file of ['NOTICE', 'LICENSE', 'LICENSE-APACHE'])
  await copyFile(join(target, 'detector', file), join(target, file))
for (const file of ['README.md', 'config.schema.json']) await copyFile(join(folder, file), join(target, file))
await chmod(join(target, 'cli.js'), 0o755)
await writeFile(join(target, 'package.json'), `${JSON.stringify(await described(), null, 2)}\n`)

/** Compiles a folder's TypeScript to JavaScript, with imports of the files beside it. */
async function writePlain(from: string, to: string) {
  for (const file of await readdir(from, { recursive: true })) {
    if (!file.endsWith('.ts')) continue
    const path = join(to, file.replace(/\.ts$/, '.js'))
    const beside = (name: string) => `./${relative(dirname(path), join(target, name, 'index.js'))}`
    const plain = stripTypeScriptTypes(await readFile(join(from, file), 'utf8'))
      .replace(/(from '\.{1,2}\/[\w/.-]+)\.ts'/g, "$1.js'")
      .replace(/from '@scout\/(client|detector)'/g, (_, name: string) => `from '${beside(name)}'`)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, plain)
  }
}

/** The package's own package.json, with the dependencies of its parts. */
async function described() {
  const own = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const detector = JSON.parse(await readFile(join(target, 'detector/package.json'), 'utf8'))
  const { private: _, scripts: __, dependencies: ___, ...kept } = own
  const { dependencies, optionalDependencies } = detector
  return { ...kept, bin: { 'scout-camera': 'cli.js' }, dependencies, optionalDependencies }
}
