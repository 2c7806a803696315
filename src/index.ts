import { app } from './app.ts'
import { forgetOldAttempts } from './auth/attempts.ts'
import { connect, DatabaseError, type Db } from './db/client.ts'
import { forgetOldPairings } from './devices/pairing.ts'
import { log } from './log.ts'
import { forgetOldResets } from './resets/reset.ts'
import { forgetOldSessions } from './sessions/session.ts'
import { eraseDue } from './storage/erasing.ts'

/** What is done by the clock, by the names that the log calls it. One that fails keeps none from the others. */
const HOURLY: Record<string, (db: Db, env: Env, now: number) => Promise<unknown>> = {
  attempts: forgetOldAttempts,
  sessions: forgetOldSessions,
  resets: forgetOldResets,
  pairings: (db, _env, now) => forgetOldPairings(db, now),
  erasures: eraseDue,
}

export default {
  fetch: app.fetch,
  async scheduled({ scheduledTime }, env) {
    const works = Object.entries(HOURLY).map(([name, work]) =>
      work(connect(env), env, scheduledTime).then(
        () => true,
        (error: unknown) => logFailure(name, error),
      ),
    )
    const areDone = await Promise.all(works)
    // Cloudflare counts it as failed and logs the message; that of the error itself may quote a value.
    if (areDone.includes(false)) throw new Error('scheduled work failed')
  },
} satisfies ExportedHandler<Env>

function logFailure(work: string, error: unknown) {
  const { name } = error instanceof Error ? error : new Error('thrown')
  const { sqlstate, reason } = error instanceof DatabaseError ? error : {}
  log.error({ event: 'scheduled_failed', work, name, sqlstate, reason })
  return false
}
