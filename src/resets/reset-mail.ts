import { html } from 'hono/html'
import type { Mail } from '../mail/mail.ts'

/** A push target other than a phone, which survives a new password. */
export type Address = { kind: 'webhook' | 'ntfy'; name: string; host: string }

const SUBJECT = 'Set a new password for Scout'

/** The mail with the link to set a new password. */
export async function resetMail(email: string, link: string, addresses: Address[]): Promise<Mail> {
  const opening = `Somebody asked for a new password for the Scout account of ${email}.`
  const doing = 'To set one, open this page within an hour:'
  const effect = 'It signs out every phone and browser, and works once.'
  const staying =
    'These addresses go on to get your notifications. Remove in the app those that you do not know:'
  const ignoring = 'If it was not you, you need not do anything: your password stays as it is.'
  const named = addresses.map(({ kind, name, host }) =>
    name ? `${kind} “${name}” at ${host}` : `${kind} at ${host}`,
  )
  const paragraphs = [
    opening,
    `${doing}\n\n${link}`,
    effect,
    ...(named.length > 0 ? [[staying, ...named.map((address) => `- ${address}`)].join('\n')] : []),
    ignoring,
  ]
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${SUBJECT}</title>
      </head>
      <body style="font-family: system-ui, sans-serif; line-height: 1.5; max-width: 36em">
        <p>${opening}</p>
        <p>${doing}</p>
        <p><a href="${link}">Set a new password</a></p>
        <p>${effect}</p>
        ${
          named.length > 0
            ? html`<p>${staying}</p>
                <ul>
                  ${named.map((address) => html`<li>${address}</li>`)}
                </ul>`
            : ''
        }
        <p>${ignoring}</p>
      </body>
    </html>`
  return { to: email, subject: SUBJECT, text: `${paragraphs.join('\n\n')}\n`, html: String(page) }
}
