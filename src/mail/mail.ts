export type Mail = { to: string; subject: string; text: string; html: string }
/** Hands a mail over to whoever delivers it. @throws MailError */
export type SendMail = (mail: Mail) => Promise<void>

/** A mail that was not taken: the status that was answered, or the name of what broke on the way. Their own words quote addresses. */
export class MailError extends Error {
  readonly status: number | undefined
  readonly reason: string | undefined

  constructor({ status, reason }: { status?: number; reason?: string }) {
    super('mail not taken')
    this.status = status
    this.reason = reason
  }
}
