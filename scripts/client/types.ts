type Schema = {
  $ref?: string
  type?: string | string[]
  description?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
}
type Content = { content?: { 'application/json': { schema: Schema } } }
type Operation = { requestBody?: Content; responses: Record<string, Content> }
type Document = { paths: object; components: { schemas: object } }

const PLAIN = ['string', 'number', 'boolean', 'null']

/**
 * TypeScript for the requests and, except refusals, the answers of the operations under /v1/. @throws for a schema it cannot
 * express
 */
export function typesOf({ paths, components }: Document) {
  const operations = Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([, methods]) => Object.values<Operation>(methods))
  // A name found on the way is added at the end, and so is visited too.
  const names = new Set(operations.flatMap((operation) => schemasOf(operation).flatMap(namesIn)))
  const types: string[] = []
  for (const name of names) {
    const schema = (components.schemas as Record<string, Schema>)[name]!
    types.push(`${comment(schema)}export type ${name} = ${typeOf(schema)}\n`)
    for (const other of namesIn(schema)) names.add(other)
  }
  return types.join('\n')
}

const schemasOf = ({ requestBody, responses }: Operation) =>
  [requestBody, ...Object.entries(responses).map(([status, answer]) => (status < '300' ? answer : undefined))]
    .map((each) => each?.content?.['application/json'].schema)
    .filter((schema) => schema !== undefined)

const namesIn = (schema: Schema) =>
  [...JSON.stringify(schema).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!)

function typeOf(schema: Schema): string {
  const { $ref, type, items, properties, additionalProperties, required = [] } = schema
  if ($ref) return $ref.split('/').at(-1)!
  if ('const' in schema) return JSON.stringify(schema.const)
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives) return alternatives.map(typeOf).join(' | ')
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one })).join(' | ')
  if (type === 'array' && items) return `(${typeOf(items)})[]`
  if (type === 'object' && typeof additionalProperties === 'object')
    return `Record<string, ${typeOf(additionalProperties)}>`
  if (type === 'object' && properties) {
    const lines = Object.entries(properties).map(
      ([name, property]) =>
        `${comment(property)}'${name}'${required.includes(name) ? '' : '?'}: ${typeOf(property)}`,
    )
    return `{\n${lines.join('\n')}\n}`
  }
  const plain = String(type).replace('integer', 'number')
  if (PLAIN.includes(plain)) return plain
  throw new Error(`The client's types have no word for ${JSON.stringify(schema)}`)
}

const comment = ({ description }: Schema) =>
  description ? `/** ${description.replaceAll('*/', '* /')} */\n` : ''
