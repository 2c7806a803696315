import type { Context, HonoRequest, MiddlewareHandler, Next } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as z from 'zod/mini'
import { readBody } from './bodies.ts'
import { UUID } from './fields.ts'
import { type Faults, problems } from '../problems.ts'
import type { AppEnv } from './router.ts'

/** Bodies are flat: a schema names the fields, and each field is read by itself. */
type Fields = z.ZodMiniObject
/** `input` is the unread body. */
type Draft<S extends Fields> = {
  values: Partial<z.output<S>>
  faults: Faults | null
  input: Record<string, unknown>
}
type Guard<In, Out> = MiddlewareHandler<AppEnv, string, { in: { json: In }; out: { json: Out } }>

/** Reads a body into its schema's output, or refuses it with the faults of every field. */
export const body = <S extends Fields>(schema: S): Guard<z.input<S>, z.output<S>> =>
  reader(schema, false, (draft) => accept(draft) as z.output<S>)

/** As `body`, with every field optional. */
export const partialBody = <S extends Fields>(schema: S): Guard<Partial<z.input<S>>, Partial<z.output<S>>> =>
  reader(schema, true, accept<S>)

/** As `body`, for a handler that adds faults which only the database knows, and returns all of them at once. */
export const draft = <S extends Fields>(schema: S): Guard<z.input<S>, Draft<S>> =>
  reader(schema, false, (draft) => draft)

/** As `draft`, with every field optional. */
export const partialDraft = <S extends Fields>(schema: S): Guard<z.input<S>, Draft<S>> =>
  reader(schema, true, (draft) => draft)

/**
 * A guard that reads fields. It carries its schema, so that a test can compare the API's description with the route table.
 */
function reader<In, Out, S extends Fields>(
  schema: S,
  isPartial: boolean,
  toOutput: (draft: Draft<S>) => Out,
): Guard<In, Out> {
  async function body(c: Context<AppEnv>, next: Next) {
    const draft = readFields(schema, isPartial, await readBody(c.req))
    c.req.addValidatedData('json', toOutput(draft) as object)
    await next()
  }
  return Object.assign(body, { schema })
}

/** @throws invalid */
function accept<S extends Fields>({ values, faults }: Draft<S>) {
  if (faults) throw problems.invalid(faults)
  return values
}

/**
 * Reads the filters of a list, or another query, like fields. The last of a repeated filter counts; an empty one is ignored.
 * @throws invalid
 */
export function readFilters<S extends Fields>(schema: S, request: HonoRequest) {
  const sent = Object.entries(request.queries()).map(([name, values]) => [name, values.at(-1)] as const)
  const input = Object.fromEntries(sent.filter(([, value]) => value !== ''))
  return accept(readFields(schema, true, input))
}

export const uuid = z.string().check(z.regex(UUID))

/** Whether a text could be the id of a row. */
export const isBigint = (text: string) =>
  /^\d{1,19}$/.test(text) && (text.length < 19 || BigInt(text) <= MAX_BIGINT)
const MAX_BIGINT = 2n ** 63n - 1n

/** Public ids in the path: 8-4-4-4-12 hexadecimal digits. Any other spelling is not found. */
export function publicIds<Names extends string>(...names: Names[]) {
  type Ids = { param: Record<Names, string> }
  return createMiddleware<AppEnv, string, { in: Ids; out: Ids }>(function publicIds(c, next) {
    const ids = c.req.param() as Ids['param']
    if (!names.every((name) => UUID.test(ids[name]))) throw problems.notFound()
    c.req.addValidatedData('param', ids)
    return next()
  })
}

/** Reads each field of a schema by itself: returns the valid values, and the faults of the others. */
function readFields<S extends Fields>(
  schema: S,
  isPartial: boolean,
  input: Record<string, unknown>,
): Draft<S> {
  const values: Record<string, unknown> = {}
  const faults: Faults = {}
  for (const [name, field] of Object.entries(schema.shape)) {
    const value = Object.hasOwn(input, name) ? input[name] : undefined
    if (value === undefined) {
      if (!isPartial && !(field instanceof z.ZodMiniOptional)) faults[name] = ['This field is required.']
      continue
    }
    const result = z.safeParse(field, value)
    if (result.success) values[name] = result.data
    else faults[name] = result.error.issues.map((issue) => issue.message)
  }
  return {
    values: values as Draft<S>['values'],
    faults: Object.keys(faults).length > 0 ? faults : null,
    input,
  }
}
