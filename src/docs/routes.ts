import { answerAsset } from '../http/assets.ts'
import { router } from '../http/router.ts'

/** The page runs our two scripts and calls this service; its script writes its styles. */
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
