import { setTimeout as wait } from 'node:timers/promises'
import { type Client, DatabaseError, type QueryResult } from 'pg'
import { clientOf, connected } from '../stack/client.ts'

/**
 * How long a statement may wait for a lock, because everyone after it waits behind it. Less than half of the second after
 * which PostgreSQL looks for deadlocks, so that adopt gives way before the old service has to.
 */
const LOCK_TIMEOUT_IN_MS = 400
const ATTEMPTS = 200
const PROGRESS_INTERVAL_IN_MS = 5_000
const [LOCK_NOT_AVAILABLE, DEADLOCK, CANCELED] = ['55P03', '40P01', '57014']

/** An arbitrary key for the advisory lock, which nobody else uses. */
const ADOPT_LOCK = 0x5c0_07ad_0b7
/** A run that was killed just before is gone by then. Tests wait less. */
const LOCK_PATIENCE_IN_MS = Number(process.env.LOCK_PATIENCE_IN_MS ?? 5_000)

/** A message for an operator, without a stack. */
export class Refusal extends Error {}

export type Session = Awaited<ReturnType<typeof openSession>>

/** A piece of work that is atomic, may be repeated, and leaves the old service as it was. */
export type Step = { title: string; run(session: Session): Promise<unknown> }

/**
 * One connection, which no other adopt has at the same time. It ends, whatever it is doing, when `stop` is called and when
 * this process dies.
 * @throws Refusal if the server can't be used
 */
export async function openSession(databaseUrl: string, say: (words: string) => void) {
  const client = clientOf(databaseUrl, { application_name: 'scout adopt' })
  let lostBecause: string | undefined
  client.on('error', ({ message }) => (lostBecause ??= message))
  await client.connect().catch((error: Error & { code?: string }) => {
    // For a host with several addresses, the error has only a code.
    throw new Refusal(error.message || error.code)
  })
  const { processID } = client as Client & { processID: number }
  let isStopped = false

  await client.query(`
    set search_path = public;
    set statement_timeout = 0;
    set lock_timeout = 0;
    set idle_in_transaction_session_timeout = 0;
    set idle_session_timeout = 0;
    set default_transaction_isolation = 'read committed'`)
  // PostgreSQL before 17 does not know it, and is refused later.
  await client.query('set transaction_timeout = 0').catch(() => {})
  // Not every platform can check whether the client still exists.
  await client.query(`set client_connection_check_interval = '2s'`).catch(() => {})

  /** Sends a statement on another connection while the first one is busy. */
  const beside = <Row extends object>(sql: string, values: unknown[]) =>
    connected(databaseUrl, async (other) => (await other.query<Row>(sql, values)).rows)

  async function tellProgress() {
    const rows = await beside<{ phase: string; percent: number | null }>(
      `select phase, (100 * blocks_done / nullif(blocks_total, 0))::int as percent
       from pg_stat_progress_create_index where pid = $1`,
      [processID],
    ).catch(() => [])
    for (const { phase, percent } of rows) say(`    ${phase}${percent === null ? '' : `, ${percent}%`}`)
  }

  return {
    client,

    /** Keeps other runs away until the session ends. */
    async lock() {
      for (const until = Date.now() + LOCK_PATIENCE_IN_MS; ; await wait(500)) {
        const { rows } = await client.query(`select pg_try_advisory_lock(${ADOPT_LOCK}) as "isOurs"`)
        if (rows[0].isOurs) return
        if (Date.now() > until) throw new Refusal('Another db:adopt is at work on this database.')
      }
    },

    /** Runs statements that block nobody, however long they take. */
    async run(sql: string) {
      if (isStopped) throw new Stopped()
      const timer = setInterval(() => void tellProgress(), PROGRESS_INTERVAL_IN_MS)
      try {
        await client.query(sql)
      } catch (error) {
        throw explain(error, isStopped)
      } finally {
        clearInterval(timer)
      }
    },

    /**
     * Runs statements in one transaction, sent at once, that hold strong locks for a moment. If they don't get the locks in
     * time, they let everyone pass and try again. Returns the rows of the last statement.
     */
    async runBriefly(...statements: string[]): Promise<Record<string, unknown>[]> {
      const sql = ['begin', `set local lock_timeout = ${LOCK_TIMEOUT_IN_MS}`, ...statements, 'commit'].join(
        ';\n',
      )
      for (let attempt = 1; ; attempt++) {
        if (isStopped) throw new Stopped()
        try {
          const results = (await client.query(sql)) as unknown as QueryResult[]
          return results.at(-2)!.rows
        } catch (error) {
          await client.query('rollback').catch(() => {})
          const { code } = error as { code?: string }
          const isBusy = code === LOCK_NOT_AVAILABLE || code === DEADLOCK
          if (!isBusy || attempt === ATTEMPTS) throw explain(error, isStopped)
          if (attempt % 10 === 1) say('    the table is busy: trying again')
          await wait(250 + Math.random() * 750)
        }
      }
    },

    /** Ends the running statement. */
    async stop() {
      isStopped = true
      await beside('select pg_cancel_backend($1)', [processID])
    },

    /** Why the connection ended, if it ended by itself. */
    lostBecause: () => lostBecause,

    end: () => client.end(),
  }
}

/** An operator stopped the run. */
export class Stopped extends Error {}

function explain(error: unknown, isStopped: boolean) {
  if (!(error instanceof DatabaseError)) return error
  if (error.code === CANCELED && isStopped) return new Stopped()
  const busy = 'the tables were busy for too long; run this again at a quieter time'
  if (error.code === LOCK_NOT_AVAILABLE) return new Refusal(busy)
  return new Refusal([error.message, error.detail].filter(Boolean).join(': '))
}
