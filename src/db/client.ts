import { AsyncLocalStorage } from 'node:async_hooks'
import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle, type NeonHttpDatabase } from 'drizzle-orm/neon-http'

export type Db = NeonHttpDatabase

/** What the statements of one request share, and what they took so far. */
type RequestContext = { requestId: string; deadline: number; statements: number; sqlInMs: number }

const requestContext = new AsyncLocalStorage<RequestContext>()

/** A request is answered within 5 seconds; what is left after this pays for the rest of the work. */
const BUDGET_IN_MS = 4_000
/** What a statement gets in any case: one that follows a password's hashing may find the budget spent on that. */
const MIN_STATEMENT_IN_MS = 500
const RETRIES = 2

/** Runs `work`; its statements carry the request's id, are counted, and end when the request's time is up. */
export function withinRequest<T>(
  requestId: string,
  work: (took: Readonly<RequestContext>) => T,
  budgetInMs = BUDGET_IN_MS,
): T {
  const context = { requestId, deadline: Date.now() + budgetInMs, statements: 0, sqlInMs: 0 }
  return requestContext.run(context, work, context)
}

neonConfig.fetchFunction = async (url: string, init: RequestInit) => {
  const context = requestContext.getStore()
  const start = Date.now()
  const left = (context?.deadline ?? start + BUDGET_IN_MS) - start
  try {
    if (context) context.statements++
    return await fetch(url, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), 'X-Request-Id': context?.requestId ?? 'none' },
      signal: AbortSignal.timeout(Math.max(left, MIN_STATEMENT_IN_MS)),
    })
  } finally {
    if (context) context.sqlInMs += Date.now() - start
  }
}

const clients = new Map<string, Db>()

/**
 * The database over Neon's HTTP protocol, one client for each connection string and isolate.
 * `SQL_ENDPOINT`, where set, is the URL of the protocol; else Neon's own is found from the connection string.
 */
export function connect({ DATABASE_URL, SQL_ENDPOINT }: Pick<Env, 'DATABASE_URL' | 'SQL_ENDPOINT'>): Db {
  let client = clients.get(DATABASE_URL)
  if (!client) {
    if (SQL_ENDPOINT) neonConfig.fetchEndpoint = SQL_ENDPOINT
    client = drizzle(neon(DATABASE_URL), { casing: 'snake_case' })
    clients.set(DATABASE_URL, client)
  }
  return client
}

type Prepared<Rows> = { execute(values: Record<string, unknown>): Promise<Rows> }

/** A statement that only reads: built once for each client, and sent again where the connection failed. */
export const reading = <Rows>(build: (db: Db) => Prepared<Rows>) => statement(build, RETRIES)

/** A statement that writes: built once for each client, and never sent twice. */
export const writing = <Rows>(build: (db: Db) => Prepared<Rows>) => statement(build, 0)

function statement<Rows>(build: (db: Db) => Prepared<Rows>, retries: number) {
  const prepared = new WeakMap<Db, Prepared<Rows>>()
  return async function send(db: Db, values: Record<string, unknown> = {}): Promise<Rows> {
    let query = prepared.get(db)
    if (!query) {
      query = build(db)
      prepared.set(db, query)
    }
    for (let retry = 0; ; retry++) {
      try {
        return await query.execute(values)
      } catch (cause) {
        // A defect of ours in reading the rows: no connection's, and no better the second time.
        if (cause instanceof TypeError) throw cause
        const error = new DatabaseError(cause)
        if (!error.isConnectionLost || retry >= retries || !(await pauseBefore(retry))) throw error
      }
    }
  }
}

/** Waits with full jitter, up to 100 ms and then 200 ms. False where the request's time would be up. */
async function pauseBefore(retry: number) {
  const milliseconds = Math.random() * 100 * 2 ** retry
  const { deadline = Infinity } = requestContext.getStore() ?? {}
  if (Date.now() + milliseconds >= deadline) return false
  await scheduler.wait(milliseconds)
  return true
}

/**
 * A statement that failed: its SQLSTATE and constraint, or the name of what broke on the way to the server.
 * The original's message and details hold the SQL and its values, so nothing of them is kept.
 */
export class DatabaseError extends Error {
  readonly sqlstate: string | undefined
  readonly constraint: string | undefined
  readonly reason: string | undefined

  constructor(cause: unknown) {
    super('statement failed')
    const root = (cause instanceof Error && cause.cause ? cause.cause : cause) as Partial<NeonError>
    this.sqlstate = /^[0-9A-Z]{5}$/.test(String(root.code)) ? root.code : undefined
    this.constraint = root.constraint
    this.reason = this.sqlstate ? undefined : (root.sourceError?.name ?? root.name)
  }

  /** The server was not reached, went away, or is starting or stopping: no SQLSTATE, 08xxx, 57P01, 57P03. */
  get isConnectionLost() {
    return !this.sqlstate || /^(08...|57P01|57P03)$/.test(this.sqlstate)
  }

  /** Nothing is wrong with the statement: later it may succeed. Also 40xxx, 53xxx, 55P03, 57014. */
  get isUnavailable() {
    return this.isConnectionLost || /^(40...|53...|55P03|57...)$/.test(this.sqlstate ?? '')
  }

  /** A value that validation let pass is none for the database (22xxx): a gap in validation, not a fault of the server. */
  get isValueRefused() {
    return this.sqlstate?.startsWith('22') ?? false
  }

  /** A row would have belonged to a row that is no longer there. */
  get isParentGone() {
    return this.sqlstate === '23503'
  }

  /** A row with this value is already there. */
  get isDuplicate() {
    return this.sqlstate === '23505'
  }
}

type NeonError = { code: string; constraint: string; name: string; sourceError: Error }
