import * as z from 'zod/mini'

export type JsonSchema = Record<string, unknown>
type Fields = Record<string, z.ZodMiniType>

/** A named schema of the document, with an example of it. `reads` is the schema that validates it, where it is a body. */
export type Shape = { name: string; schema: JsonSchema; example: unknown; reads?: z.ZodMiniObject }

/** What an answer holds: a schema for each property of `Wire`, which is what the presenter makes. */
export const answer = <Wire extends object>(
  name: string,
  description: string,
  fields: { [Name in keyof Wire]-?: z.ZodMiniType<Wire[Name]> },
  example: Wire,
): Shape => ({
  name,
  schema: { description, ...toJsonSchema(z.object(fields as Fields)), examples: [example] },
  example,
})

/**
 * What a body may hold, as `reads` reads it; `descriptions` says what each field means, or also what only the verb behind it
 * checks, as JSON Schema.
 */
export function input<Input extends z.ZodMiniObject>(
  name: string,
  description: string,
  reads: Input,
  descriptions: { [Name in keyof Input['shape']]: string | JsonSchema },
  example: { [Name in keyof Input['shape']]?: unknown },
): Shape {
  const { properties, ...schema } = toJsonSchema(reads) as { properties: Record<string, JsonSchema> }
  const described = Object.entries(properties).map(([field, property]) => {
    const said = (descriptions as Record<string, string | JsonSchema>)[field]
    return [field, { ...property, ...(typeof said === 'string' ? { description: said } : said) }]
  })
  return {
    name,
    schema: { description, ...schema, properties: Object.fromEntries(described), examples: [example] },
    example,
    reads,
  }
}

/** The same body for a PATCH, which needs none of its fields. */
export function patch(name: string, whole: Shape, example: unknown): Shape {
  const { required: _, ...schema } = whole.schema
  return { ...whole, name, schema: { ...schema, examples: [example] }, example }
}

/** The refusals of a body's fields: the words for each field that has a fault. */
export function errorsOf({ name, reads }: Shape): Shape {
  const fields = Object.keys(reads?.shape ?? {})
  const words = { type: 'array', items: { type: 'string' } }
  const [first = 'non_field_errors'] = fields
  const example = { [first]: [first === fields[0] ? 'This field is required.' : 'No data provided'] }
  return {
    name: `${name}Errors`,
    schema: {
      description:
        'The faults of each field, in words; or `non_field_errors` or `detail` for the body as a whole.',
      type: 'object',
      properties: {
        ...Object.fromEntries(fields.map((field) => [field, words])),
        non_field_errors: words,
        detail: { type: 'string' },
      },
      examples: [example],
    },
    example,
  }
}

export const text = (description: string) => z.string().check(z.describe(description))
export const flag = (description: string) => z.boolean().check(z.describe(description))

/** A number from the database's sequence. */
export const id = (description: string) =>
  z.number().check(z.meta({ type: 'integer', format: 'int64', minimum: 1, description }))

export const publicId = (description: string) =>
  z.string().check(z.meta({ format: 'uuid', description: `${description} A UUIDv7.` }))

export const timestamp = (description: string) =>
  z.string().check(
    z.meta({
      format: 'date-time',
      pattern: String.raw`^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$`,
      description: `${description} RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero.`,
    }),
  )

/** A secret of ours, of 32 random bytes, after what tells which kind it is. */
export const secret = (prefix: string, description: string) =>
  z.string().check(z.meta({ pattern: String.raw`^${prefix}[\w-]{43}$`, description }))

/** A JSON Web Token. */
export const token = (description: string) =>
  z.string().check(z.meta({ pattern: String.raw`^[\w-]+\.[\w-]+\.[\w-]+$`, description }))

function toJsonSchema(schema: z.ZodMiniObject): JsonSchema {
  const { $schema: _, additionalProperties: __, ...json } = z.toJSONSchema(schema, { io: 'input', override })
  return json
}

/** Says that a value may be null by its type, as generators of clients want it, and not by a union. */
function override({ jsonSchema }: { jsonSchema: JsonSchema & { anyOf?: JsonSchema[] } }) {
  const [value, nothing] = jsonSchema.anyOf ?? []
  if (!value || nothing?.type !== 'null') return
  delete jsonSchema.anyOf
  Object.assign(jsonSchema, value, { type: [value.type, 'null'] })
  if (Array.isArray(value.enum)) jsonSchema.enum = [...(value.enum as unknown[]), null]
}
