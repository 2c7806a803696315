import { attemptFrom } from '../auth/guards.ts'
import { issueTokens } from '../auth/tokens.ts'
import { DatabaseError } from '../db/client.ts'
import { router } from '../http/router.ts'
import { limitAddress } from '../http/throttle.ts'
import { body, draft } from '../http/validate.ts'
import { log } from '../log.ts'
import { MailError } from '../mail/mail.ts'
import { mailer } from '../mail/mailer.ts'
import { problems } from '../problems.ts'
import { settings } from '../settings.ts'
import { resetConfirmation, resetRequest } from './json.ts'
import { confirmReset, countRequest, mailReset } from './reset.ts'

/** Resets of a forgotten password. */
export const resetRoutes = router()
  .post('/', limitAddress, body(resetRequest), async (c) => {
    const [send, site] = [mailer(c.env), settings(c.env, 'site').PUBLIC_URL]
    if (!send) throw problems.noMail()
    const attempt = attemptFrom(c)
    await countRequest(c.get('db'), attempt)
    // Everything that depends on whether the account exists runs after the answer.
    attempt.afterAnswer((db) =>
      mailReset(db, attempt, c.req.valid('json'), { send, site }).catch((error) =>
        logFailure(error, c.get('requestId')),
      ),
    )
    return c.json({}, 202)
  })
  .post('/confirm', limitAddress, draft(resetConfirmation), async (c) => {
    const [tokens, assets, attempt] = [settings(c.env, 'tokens'), c.env.ASSETS, attemptFrom(c)]
    const person = await confirmReset(c.get('db'), c.req.valid('json'), { assets, attempt })
    return c.json(await issueTokens(person, tokens, Date.parse(person.sessionsValidFrom ?? '')))
  })

function logFailure(error: unknown, requestId: string) {
  if (error instanceof MailError) {
    const { status, reason } = error
    return log.error({ event: 'mail_failed', requestId, status, reason })
  }
  const { sqlstate, reason } = error instanceof DatabaseError ? error : {}
  return log.error({ event: 'reset_not_mailed', requestId, sqlstate, reason })
}
