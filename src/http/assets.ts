import type { Context } from 'hono'
import { problems } from '../problems.ts'
import type { AppEnv } from './router.ts'

/**
 * Answers with a file of `dist/assets`, which scripts/build-assets.ts writes. Browsers may keep it: forever where its name
 * holds a hash of its content, else as long as its tag stays the same. @throws notFound
 */
export async function answerAsset(c: Context<AppEnv>, path: string) {
  const tag = c.req.header('If-None-Match')
  const headers = tag ? { 'If-None-Match': tag } : {}
  const asset = await c.env.ASSETS.fetch(new URL(path, 'http://assets'), { headers })
  if (asset.status !== 200 && asset.status !== 304) throw problems.notFound()
  const isHashed = /[-.][\da-f]{16}\.\w+$/.test(path)
  c.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'public, no-cache')
  for (const name of ['Content-Type', 'ETag']) c.header(name, asset.headers.get(name) ?? undefined)
  return asset.body ? c.body(asset.body) : c.body(null, 304)
}
