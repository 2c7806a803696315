import type { Context } from 'hono'
import { problems } from '../problems.ts'
import { type AppEnv, router } from '../http/router.ts'

/** The page runs our two scripts and asks this service; its styles are written by its script. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The API's description and its reference page, from the assets beside the Worker. */
export const docsRoutes = router()
  .get('/', (c) => c.redirect('/docs'))
  .get('/openapi.json', (c) => answerAsset(c, 'openapi.json'))
  .get('/docs', (c) => {
    c.header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
    return answerAsset(c, 'docs/reference')
  })
  .get('/docs/:file{[\\w-]+\\.js}', (c) => answerAsset(c, `docs/${c.req.param('file')}`))

/** Answers with a file that may be kept: forever where its name has a hash, else as long as its tag stays the same. */
async function answerAsset(c: Context<AppEnv>, path: string) {
  const tag = c.req.header('If-None-Match')
  const headers = tag ? { 'If-None-Match': tag } : {}
  const asset = await c.env.ASSETS.fetch(new URL(path, 'http://assets'), { headers })
  if (asset.status !== 200 && asset.status !== 304) throw problems.notFound()
  const isHashed = /-[\da-f]{16}\.\w+$/.test(path)
  c.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'public, no-cache')
  for (const name of ['Content-Type', 'ETag']) c.header(name, asset.headers.get(name) ?? undefined)
  return asset.body ? c.body(asset.body) : c.body(null, 304)
}
