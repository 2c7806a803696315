import { app } from './app.ts'
import { forgetOldAttempts } from './auth/attempts.ts'
import { connect, DatabaseError, type Db } from './db/client.ts'
import { forgetOldPairings } from './devices/pairing.ts'
import { judgeDue } from './events/consumer.ts'
import { hearAll } from './events/hear.ts'
import {
  forgetEventsOfNobody,
  forgetOldEvents,
  forgetOldUsage,
  forgetUntoldClips,
} from './events/retention.ts'
import { sweep } from './events/sweep.ts'
import type { Work } from './events/wake.ts'
import { log } from './log.ts'
import { deliverDue } from './notifications/deliver.ts'
import { forgetOldResets } from './resets/reset.ts'
import { forgetOldSessions } from './sessions/session.ts'
import { eraseDue } from './storage/erasing.ts'

/** Wakes the judging consumer. Any other queue holds the bucket events of Cloudflare R2. */
const WAKING_QUEUE = 'scout-events'
const EACH_MINUTE = '* * * * *'

type Works = Record<string, (db: Db, env: Env, now: number, ctx: ExecutionContext) => Promise<unknown>>

/** The scheduled jobs, by their names in the log. A job that fails does not stop the others. */
const MINUTELY: Works = {
  sweep: (db, env) => sweep(db, env),
  judge: (_db, env, _now, ctx) => judgeDue(env, ctx),
  deliver: (_db, env, _now, ctx) => deliverDue(env, ctx),
}
const HOURLY: Works = {
  attempts: (db) => forgetOldAttempts(db),
  sessions: (db) => forgetOldSessions(db),
  resets: (db) => forgetOldResets(db),
  pairings: (db, _env, now) => forgetOldPairings(db, now),
  erasures: eraseDue,
  retention: forgetOldEvents,
  nobody: forgetEventsOfNobody,
  clips: forgetUntoldClips,
  usage: (db) => forgetOldUsage(db),
}

export default {
  fetch: app.fetch,
  async queue({ queue, messages }, env, ctx) {
    if (queue !== WAKING_QUEUE) await hearAll(connect(env), env, messages)
    const isDelivering = ({ body }: Message) => (body as { work?: Work } | null)?.work === 'deliver'
    if (queue === WAKING_QUEUE && messages.some(isDelivering)) await deliverDue(env, ctx)
    if (queue !== WAKING_QUEUE || !messages.every(isDelivering)) await judgeDue(env, ctx)
  },
  async scheduled({ cron, scheduledTime }, env, ctx) {
    const works = Object.entries(cron === EACH_MINUTE ? MINUTELY : HOURLY).map(([name, work]) =>
      work(connect(env), env, scheduledTime, ctx).then(
        () => true,
        (error: unknown) => logFailure(name, error),
      ),
    )
    const areDone = await Promise.all(works)
    // Cloudflare counts the run as failed and logs the message. The message of the error itself may quote a value.
    if (areDone.includes(false)) throw new Error('scheduled work failed')
  },
} satisfies ExportedHandler<Env>

function logFailure(work: string, error: unknown) {
  const { name } = error instanceof Error ? error : new Error('thrown')
  const { sqlstate, reason } = error instanceof DatabaseError ? error : {}
  log.error({ event: 'scheduled_failed', work, name, sqlstate, reason })
  return false
}
