import { zValidator } from '@hono/zod-validator'
import type { Context } from 'hono'
import * as z from 'zod/mini'
import { uuid } from './validate.ts'

/**
 * One page of a list in the order of its ids: at most `limit` rows after the row with the public id `after`. If that row was
 * deleted, see `position` in db/statement.ts.
 */
export type Page = { limit: number; after: string | null }

export const PAGE_LIMIT = 1000

/** Reads `?limit=` and `?after=`; unreadable values are ignored. */
export const page = () =>
  zValidator(
    'query',
    z.object({
      limit: z.catch(
        z.pipe(
          z.string().check(z.regex(/^0*[1-9]\d*$/)),
          z.transform((digits) => Math.min(Number(digits), PAGE_LIMIT)),
        ),
        PAGE_LIMIT,
      ),
      after: z.catch(z.nullable(uuid), null),
    }),
  )

/**
 * Answers with a page's rows, and a `Link` to the next page if there is one. `rows` then holds one row more than the page.
 */
export async function answerPage<Row, Json extends object>(
  c: Context,
  { limit }: Page,
  rows: Row[],
  toJson: (row: Row) => Json | Promise<Json>,
  publicId: (row: Row) => string,
) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const list = await Promise.all(shown.map(toJson))
  if (!last || rows.length <= limit) return c.json(list)
  const next = new URL(c.req.url)
  next.searchParams.set('limit', String(limit))
  next.searchParams.set('after', publicId(last))
  return c.json(list, 200, { Link: `<${next}>; rel="next"` })
}
