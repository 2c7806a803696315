import { answerAsset, KEPT_FOR_A_DAY } from '../http/assets.ts'
import { router } from '../http/router.ts'
import { headersOf } from './policy.ts'

/** A file has an extension; every other path is an address in the app, served by its one page. */
const IS_FILE = /\.\w+$/

/** The phone app: its page, and the files that scripts/build-phone.ts built. */
export const phoneRoutes = router().get('/*', async (c) => {
  const { pathname, search } = new URL(c.req.url)
  if (pathname === '/app') return c.redirect(`/app/${search}`, 308)
  for (const [name, value] of headersOf(c.env)) c.header(name, value)
  if (!IS_FILE.test(pathname)) return answerAsset(c, 'app/')
  // Each notification shows two.
  const isIcon = pathname.startsWith('/app/icons/')
  return answerAsset(c, pathname.slice(1), isIcon ? KEPT_FOR_A_DAY : undefined)
})
