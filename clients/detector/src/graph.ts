import type { Network, Node, Tensor } from './onnx-file.ts'

/** The part of a TensorFlow.js graph that is read here, and the values of its constants. */
export type Graph = {
  nodes: { name: string; op: string; input?: string[]; attr?: Attributes }[]
  constants: Map<string, Tensor>
}
type Attributes = { strides?: { list: { i: string[] } }; epsilon?: { f: number } }

/**
 * Converts the part of a TensorFlow graph between one tensor and others to ONNX. TensorFlow stores channels last, ONNX channels first, so
 * the axes of weights and constants are transposed, and outputs have channels first.
 */
export function networkOf({ nodes, constants }: Graph, from: string, shape: number[], to: string[]): Network {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const made = new Map<string, Node>()
  const tensors = new Map<string, Tensor>(LIMITS.map((limit) => [limit.name, limit]))

  /** Adds a constant: as it is, with its axes reordered, or by channels, broadcast over the two sides of a picture. */
  function constant(name: string, place: 'as it is' | 'by channels' | number[]) {
    const tensor = constants.get(name)!
    if (Array.isArray(place)) tensors.set(name, turned(tensor, place))
    else tensors.set(name, place === 'as it is' ? tensor : { ...tensor, shape: [...tensor.shape, 1, 1] })
    return name
  }

  /** Adds an operator after its inputs, and returns its name. */
  function make(name: string): string {
    if (name === from || made.has(name)) return name
    const { op, input = [], attr = {} } = byName.get(name)!
    const [picture = '', weights = '', ...others] = input
    const add = (op: string, inputs: string[], attributes: Node['attributes'] = {}) =>
      made.set(name, { op, inputs, output: name, attributes })
    const sliding = () => ({
      auto_pad: { word: 'SAME_UPPER' },
      strides: { ints: attr.strides!.list.i.slice(1, 3).map(Number) },
    })
    if (op === 'Conv2D') add('Conv', [make(picture), constant(weights, [3, 2, 0, 1])], sliding())
    else if (op === 'DepthwiseConv2dNative') {
      const group = { int: constants.get(weights)!.shape[2]! }
      add('Conv', [make(picture), constant(weights, [2, 3, 0, 1])], { ...sliding(), group })
    } else if (op === 'FusedBatchNorm') {
      const inputs = [weights, ...others].map((one) => constant(one, 'as it is'))
      add('BatchNormalization', [make(picture), ...inputs], { epsilon: { float: attr.epsilon!.f } })
    } else if (op === 'Relu6') add('Clip', [make(picture), ...LIMITS.map(({ name }) => name)])
    else if (SAME[op])
      add(
        SAME[op],
        input.map((one) => (constants.has(one) ? constant(one, 'by channels') : make(one))),
      )
    else throw new Error(`The graph has an operator that is not known here, ${op}.`)
    return name
  }

  for (const name of to) make(name)
  return {
    input: { name: from, shape },
    outputs: to,
    nodes: [...made.values()],
    tensors: [...tensors.values()],
  }
}

const SAME: Record<string, string> = { Add: 'Add', AddN: 'Sum', BiasAdd: 'Add', Mul: 'Mul' }

/** The limits of ReLU6. */
const LIMITS = [0, 6].map((limit) => ({ name: `limit ${limit}`, shape: [], values: Float32Array.of(limit) }))

/** Transposes a tensor. */
function turned({ name, shape, values }: Tensor, order: number[]): Tensor {
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
  const target = new Float32Array(values.length)
  const sizes = order.map((axis) => shape[axis]!)
  const [first = 1, second = 1, third = 1, fourth = 1] = sizes
  const [one = 0, two = 0, three = 0, four = 0] = order.map((axis) => steps[axis]!)
  let at = 0
  for (let a = 0; a < first; a++)
    for (let b = 0; b < second; b++)
      for (let c = 0; c < third; c++)
        for (let d = 0; d < fourth; d++) target[at++] = values[a * one + b * two + c * three + d * four]!
  return { name, shape: sizes, values: target }
}
