import { type Environment, settings } from '../settings.ts'
import type { SendMail } from './mail.ts'
import { sendBySes } from './ses.ts'

/** What sends mail from here; null where nobody set that up. @throws unavailable, where a setting of it is wrong */
export function mailer(env: Environment): SendMail | null {
  const mail = settings(env, 'mail')
  return mail.MAIL_FROM ? sendBySes(mail) : null
}
