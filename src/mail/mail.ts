export type Mail = { to: string; subject: string; text: string; html: string }
/** Hands a mail over for delivery. @throws MailError */
export type SendMail = (mail: Mail) => Promise<void>

/**
 * A mail that was not accepted: the HTTP status, or the name of the network error. Original messages quote addresses.
 */
export class MailError extends Error {
  readonly status: number | undefined
  readonly reason: string | undefined

  constructor({ status, reason }: { status?: number; reason?: string }) {
    super('mail not taken')
    this.status = status
    this.reason = reason
  }
}
