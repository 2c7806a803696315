import { PAGE_LIMIT } from '../http/paging.ts'
import type { ErrorName } from './errors.ts'
import type { JsonSchema, Shape } from './schema.ts'

/** One operation of the document. `document.ts` adds the refusals of its guards. */
export type Operation = {
  operationId: string
  summary: string
  /** What it does, what it needs and what may surprise, in a sentence or two. */
  description: string
  query?: Parameter[]
  /** The filters in a list's query, validated like the fields of a body. */
  filters?: Shape
  body?: Shape
  /** The whole body may be missing. */
  isBodyOptional?: boolean
  /** Its answer of 200, 201 or 202; or, without a body, what success means. */
  answers:
    | { 200: Shape | { listOf: Shape } | string }
    | { 201: Shape }
    | { 202: Shape }
    | { 204: string }
    | { 200: Shape; 201: Shape }
  /** Its refusals besides those of its guards. */
  refuses?: ErrorName[]
  /** Its answer has an ETag, for conditional requests. */
  isTagged?: boolean
  /** Needs no token and ignores one that is sent. */
  isPublic?: boolean
  /**
   * Who may call it, if not a user alone: a camera; a camera or a user; a user or the holder of the provisioning key; the storage;
   * or anyone who sends the token of a notification in the body.
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
    description: 'The maximum number of items. A larger limit is capped; an unreadable one is ignored.',
    schema: { type: 'integer', minimum: 1, maximum: PAGE_LIMIT, default: PAGE_LIMIT },
  },
  {
    name: 'after',
    description: 'A public id: the list continues after the item with this id. An unreadable id is ignored.',
    schema: { type: 'string', format: 'uuid' },
  },
]
