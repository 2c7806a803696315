import { app } from './app.ts'
import { forgetOldAttempts } from './auth/attempts.ts'
import { connect, DatabaseError, type Db } from './db/client.ts'
import { forgetOldPairings } from './devices/pairing.ts'
import { log } from './log.ts'
import { eraseDue } from './storage/erasing.ts'

export default {
  fetch: app.fetch,
  async scheduled({ scheduledTime }, env) {
    const works = [forgetWhatIsOver(connect(env), scheduledTime), eraseDue(connect(env), env)]
    const areDone = await Promise.all(works.map((work) => work.then(() => true, logFailure)))
    // Cloudflare counts it as failed and logs the message; that of the error itself may quote a value.
    if (areDone.includes(false)) throw new Error('scheduled work failed')
  },
} satisfies ExportedHandler<Env>

async function forgetWhatIsOver(db: Db, now: number) {
  await forgetOldAttempts(db)
  await forgetOldPairings(db, now)
}

function logFailure(error: unknown) {
  const { name } = error instanceof Error ? error : new Error('thrown')
  const { sqlstate, reason } = error instanceof DatabaseError ? error : {}
  log.error({ event: 'scheduled_failed', name, sqlstate, reason })
  return false
}
