import { type Environment, settings } from '../settings.ts'
import type { SendMail } from './mail.ts'
import { sendBySes } from './ses.ts'

/**
 * Returns the mailer of this deployment, or null if mail is not set up. @throws unavailable if a mail setting is wrong
 */
export function mailer(env: Environment): SendMail | null {
  const mail = settings(env, 'mail')
  return mail.MAIL_FROM ? sendBySes(mail) : null
}
