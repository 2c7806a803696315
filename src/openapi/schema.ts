import * as z from 'zod/mini'

export type JsonSchema = Record<string, unknown>
type Fields = Record<string, z.ZodMiniType>

/** A named schema of the document, with an example. `reads` is the schema that validates it, if it is a body. */
export type Shape = { name: string; schema: JsonSchema; example: unknown; reads?: z.ZodMiniObject }

/** The schema of an answer: one for each property of `Wire`, the type that the presenter returns. */
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
 * The schema of a body that `reads` validates. `descriptions` describes each field, as a sentence or as JSON Schema with
 * constraints that only the route's verb checks.
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

/** The same body for a PATCH, with every field optional. */
export function patch(name: string, whole: Shape, example: unknown): Shape {
  const { required: _, ...schema } = whole.schema
  return { ...whole, name, schema: { ...schema, examples: [example] }, example }
}

/** The refusal of a body's fields: the messages for each field at fault. */
export function errorsOf({ name, reads }: Shape): Shape {
  const fields = Object.keys(reads?.shape ?? {})
  const words = { type: 'array', items: { type: 'string' } }
  const [first = 'non_field_errors'] = fields
  const example = { [first]: [first === fields[0] ? 'This field is required.' : 'No data provided'] }
  return {
    name: `${name}Errors`,
    schema: {
      description:
        'The messages for each field at fault; `non_field_errors` or `detail` for the body as a whole.',
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

/** A number from a sequence of the database. */
export const id = (description: string) =>
  z.number().check(z.meta({ type: 'integer', format: 'int64', minimum: 1, description }))

export const publicId = (description: string) =>
  z.string().check(z.meta({ format: 'uuid', description: `${description} A UUIDv7.` }))

export const timestamp = (description: string) =>
  z.string().check(
    z.meta({
      format: 'date-time',
      pattern: String.raw`^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$`,
      description: `${description} RFC 3339 in UTC; a fraction of six digits, or none if it is zero.`,
    }),
  )

/** A secret of 32 random bytes, after a prefix that names its kind. */
export const secret = (prefix: string, description: string) =>
  z.string().check(z.meta({ pattern: String.raw`^${prefix}[\w-]{43}$`, description }))

/** A JSON Web Token. */
export const token = (description: string) =>
  z.string().check(z.meta({ pattern: String.raw`^[\w-]+\.[\w-]+\.[\w-]+$`, description }))

function toJsonSchema(schema: z.ZodMiniObject): JsonSchema {
  const { $schema: _, additionalProperties: __, ...json } = z.toJSONSchema(schema, { io: 'input', override })
  return json
}

/** Marks a nullable value by its type instead of a union, as client generators need. */
function override({ jsonSchema }: { jsonSchema: JsonSchema & { anyOf?: JsonSchema[] } }) {
  const [value, nothing] = jsonSchema.anyOf ?? []
  if (!value || nothing?.type !== 'null') return
  delete jsonSchema.anyOf
  Object.assign(jsonSchema, value, { type: [value.type, 'null'] })
  if (Array.isArray(value.enum)) jsonSchema.enum = [...(value.enum as unknown[]), null]
}
