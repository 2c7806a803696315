import type { Context } from 'hono'
import { problems } from '../problems.ts'
import type { AppEnv } from './router.ts'

/** For files that browsers never need to request again. */
export const KEPT_FOR_EVER = 'public, max-age=31536000, immutable'

/** For files that browsers need not request again on the same day. */
export const KEPT_FOR_A_DAY = 'public, max-age=86400'

/**
 * Serves a file of `dist/assets`, which scripts/build-assets.ts writes. Browsers cache it forever if its name holds a content
 * hash, otherwise as `kept` says: by default until its ETag changes. @throws notFound
 */
export async function answerAsset(c: Context<AppEnv>, path: string, kept = 'public, no-cache') {
  const tag = c.req.header('If-None-Match')
  const headers = tag ? { 'If-None-Match': tag } : {}
  const asset = await c.env.ASSETS.fetch(new URL(path, 'http://assets'), { headers })
  if (asset.status !== 200 && asset.status !== 304) throw problems.notFound()
  const isHashed = /[-.][\da-f]{16}\.\w+$/.test(path)
  c.header('Cache-Control', isHashed ? KEPT_FOR_EVER : kept)
  for (const name of ['Content-Type', 'ETag']) c.header(name, asset.headers.get(name) ?? undefined)
  return asset.body ? c.body(asset.body) : c.body(null, 304)
}
