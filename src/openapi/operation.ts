import { PAGE_LIMIT } from '../http/paging.ts'
import type { ErrorName } from './errors.ts'
import type { JsonSchema, Shape } from './schema.ts'

/** One operation of the document. What its guards may refuse goes without saying, see `document.ts`. */
export type Operation = {
  operationId: string
  summary: string
  /** What it does, what it needs and what surprises, in a sentence or two. */
  description: string
  query?: Parameter[]
  /** What a list's query may narrow it by besides; what is wrong with one is refused as a field of a body is. */
  filters?: Shape
  body?: Shape
  /** The body may be missing as a whole. */
  isBodyOptional?: boolean
  /** What it answers: 200, 201 or 202, or what a success without a body means. */
  answers:
    | { 200: Shape | { listOf: Shape } | string }
    | { 201: Shape }
    | { 202: Shape }
    | { 204: string }
    | { 200: Shape; 201: Shape }
  /** What it refuses beyond what its guards do. */
  refuses?: ErrorName[]
  /** Its answer has a tag, by which who has it asks whether it changed. */
  isTagged?: boolean
  /** Needs no token, so that no token is looked at. */
  isPublic?: boolean
  /**
   * Needs another's token than a user's: a camera's own, a camera's or a user's, a user's or the key of who assembles cameras, or
   * the secret of the storage; or may come without one, with a notification's own in the body.
   */
  asker?: 'device' | 'uploader' | 'provisioner' | 'storage' | 'actor'
}
export type Parameter = { name: string; description: string; schema: JsonSchema }

/** Operations by method and path, as a client writes it. */
export type Operations = Record<`${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`, Operation>

/** The parameters of every list. */
export const paging: Parameter[] = [
  {
    name: 'limit',
    description: 'How many at most. A larger limit means the largest; what cannot be read is ignored.',
    schema: { type: 'integer', minimum: 1, maximum: PAGE_LIMIT, default: PAGE_LIMIT },
  },
  {
    name: 'after',
    description: 'A public id: the list goes on after the one that has it. What cannot be read is ignored.',
    schema: { type: 'string', format: 'uuid' },
  },
]
