/** A network of float32 tensors, in ONNX terms. */
export type Network = {
  input: { name: string; shape: number[] }
  outputs: string[]
  nodes: Node[]
  tensors: Tensor[]
}
export type Node = { op: string; inputs: string[]; output: string; attributes?: Record<string, Attribute> }
export type Tensor = { name: string; shape: number[]; values: Float32Array }
/** An integer, a float, a string, or integers. */
type Attribute = { int: number } | { float: number } | { word: string } | { ints: number[] }

/** The versions of the format and its operators, which every runtime since 2021 supports. */
const IR_VERSION = 7
const OPERATORS = 13
/** TensorProto.DataType.FLOAT. */
const FLOAT = 1

/** Serialises a network as an ONNX file: protocol buffers with the field numbers of onnx.proto. */
export function onnxFile({ input, outputs, nodes, tensors }: Network): Uint8Array {
  const graph = [
    ...nodes.map((node) => field(1, nodeOf(node))),
    field(2, text('network')),
    ...tensors.map((tensor) => field(5, tensorOf(tensor))),
    field(11, valueOf(input)),
    ...outputs.map((name) => field(12, valueOf({ name }))),
  ].flat()
  return Buffer.concat([integer(1, IR_VERSION), field(7, graph), field(8, integer(2, OPERATORS))].flat())
}

/** The pieces of a message, which are joined once, at the end. */
type Bytes = Uint8Array[]

const nodeOf = ({ op, inputs, output, attributes = {} }: Node): Bytes =>
  [
    ...inputs.map((name) => field(1, text(name))),
    field(2, text(output)),
    field(4, text(op)),
    ...Object.entries(attributes).map(([name, value]) => field(5, attributeOf(name, value))),
  ].flat()

/** An attribute's value, and its type in field 20. */
function attributeOf(name: string, value: Attribute): Bytes {
  const named = field(1, text(name))
  if ('float' in value) return [...named, ...float(2, value.float), ...integer(20, 1)]
  if ('int' in value) return [...named, ...integer(3, value.int), ...integer(20, 2)]
  if ('word' in value) return [...named, ...field(4, text(value.word)), ...integer(20, 3)]
  return [...named, ...value.ints.flatMap((one) => integer(8, one)), ...integer(20, 7)]
}

const tensorOf = ({ name, shape, values }: Tensor): Bytes => [
  ...shape.flatMap((size) => integer(1, size)),
  ...integer(2, FLOAT),
  ...field(8, text(name)),
  ...field(9, [new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]),
]

/** An input or output tensor; the runtime infers the shape of an output. */
function valueOf({ name, shape }: { name: string; shape?: number[] }): Bytes {
  const dimensions = shape?.flatMap((size) => field(1, integer(1, size)))
  const type = [...integer(1, FLOAT), ...(dimensions ? field(2, dimensions) : [])]
  return [...field(1, text(name)), ...field(2, field(1, type))]
}

const text = (words: string): Bytes => [new TextEncoder().encode(words)]

function field(number: number, content: Bytes): Bytes {
  const length = content.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return [varint((number << 3) | 2), varint(length), ...content]
}

const integer = (number: number, value: number): Bytes => [varint(number << 3), varint(value)]

function float(number: number, value: number): Bytes {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return [varint((number << 3) | 5), bytes]
}

/** A varint: seven bits per byte, low bits first. */
function varint(value: number) {
  const bytes: number[] = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128)
  return new Uint8Array([...bytes, value])
}
