import type { Network, Node, Tensor } from './onnx-file.ts'

/** A graph of TensorFlow.js, as far as it is read here, and the values of its constants. */
export type Graph = {
  nodes: { name: string; op: string; input?: string[]; attr?: Attributes }[]
  constants: Map<string, Tensor>
}
type Attributes = { strides?: { list: { i: string[] } }; epsilon?: { f: number } }

/**
 * The part of a TensorFlow graph from one tensor to others, in the words of ONNX. TensorFlow has the channels of a pixel together, ONNX
 * the pixels of a channel: so weights and constants turn their axes, and what comes out is by channels.
 */
export function networkOf({ nodes, constants }: Graph, from: string, shape: number[], to: string[]): Network {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const made = new Map<string, Node>()
  const tensors = new Map<string, Tensor>(LIMITS.map((limit) => [limit.name, limit]))

  /** A constant as it is, or with its axes turned; by channels it goes across the two sides of a picture. */
  function constant(name: string, place: 'as it is' | 'by channels' | number[]) {
    const tensor = constants.get(name)!
    if (Array.isArray(place)) tensors.set(name, turned(tensor, place))
    else tensors.set(name, place === 'as it is' ? tensor : { ...tensor, shape: [...tensor.shape, 1, 1] })
    return name
  }

  /** Adds an operator after those that it takes something of, and answers its name. */
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

/** Of a rectifier that ends at six. */
const LIMITS = [0, 6].map((limit) => ({ name: `limit ${limit}`, shape: [], values: Float32Array.of(limit) }))

/** A tensor with its axes in another order. */
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
