import { AwsClient } from 'aws4fetch'
import type { Settings } from '../settings.ts'
import { MailError, type SendMail } from './mail.ts'

/** The timeout of one try: the person who waits for the mail already has an answer. */
const PATIENCE_IN_MS = 8_000
/** Retries if SES fails or is busy. A duplicate mail does no harm. */
const RETRIES = 2

/** Sends with Amazon SES's API version 2 (`SendEmail`), signed with AWS Signature Version 4. */
export function sendBySes(settings: Settings['mail']): SendMail {
  const { MAIL_FROM, SES_REGION, SES_ENDPOINT, AWS_SES_ACCESS_KEY_ID, AWS_SES_SECRET_ACCESS_KEY } = settings
  const aws = new AwsClient({
    service: 'ses',
    region: SES_REGION,
    accessKeyId: AWS_SES_ACCESS_KEY_ID,
    secretAccessKey: AWS_SES_SECRET_ACCESS_KEY,
    retries: RETRIES,
  })
  const api = SES_ENDPOINT || `https://email.${SES_REGION}.amazonaws.com`
  return async function send({ to, subject, text, html }) {
    const part = (Data: string) => ({ Data, Charset: 'UTF-8' })
    const message = { Subject: part(subject), Body: { Text: part(text), Html: part(html) } }
    const response = await aws
      .fetch(`${api}/v2/email/outbound-emails`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          FromEmailAddress: MAIL_FROM,
          Destination: { ToAddresses: [inAscii(to)] },
          Content: { Simple: message },
        }),
        signal: AbortSignal.timeout(PATIENCE_IN_MS),
      })
      .catch((error: Error) => {
        throw new MailError({ reason: error.name })
      })
    await response.body?.cancel()
    if (!response.ok) throw new MailError({ status: response.status })
  }
}

/** SES needs domains as in DNS: `jane@bücher.example` is `jane@xn--bcher-kva.example`. */
function inAscii(address: string) {
  const at = address.lastIndexOf('@') + 1
  const domain = URL.parse(`http://${address.slice(at)}`)?.hostname
  return domain ? address.slice(0, at) + domain : address
}
