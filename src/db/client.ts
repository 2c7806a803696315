import { neon, neonConfig, type NeonQueryFunction } from '@neondatabase/serverless'
import { type Environment, settings } from '../settings.ts'

/** The minimum time for a statement: hashing a password may already have used up the budget. */
const MIN_STATEMENT_IN_MS = 500

/** Values as Postgres wrote them. */
const AS_TEXT = { getTypeParser: () => (text: string) => text }

/** The database for one request: statements carry its id, are counted, and end when its time is up. */
export class Db {
  readonly requestId: string
  statements = 0
  sqlInMs = 0
  readonly #env: Environment
  #start = Infinity
  #budgetInMs: number | undefined
  #limitInSeconds: number | undefined

  constructor(env: Environment, requestId: string) {
    this.#env = env
    this.requestId = requestId
  }

  /** Limits the total time of all statements from now on; without a number, to the limit of one statement. */
  endIn(milliseconds?: number) {
    this.#start = Date.now()
    this.#budgetInMs = milliseconds
    return this
  }

  /** Sets a timeout in Postgres, in seconds, for each statement from now on; these can only read. */
  limitStatements(seconds: number) {
    this.#limitInSeconds = seconds
    return this
  }

  /**
   * Sends a statement that returns one value, as Postgres wrote it. Retries up to `retries` times after a lost connection.
   * `first` runs before it in the same transaction. @throws DatabaseError, unavailable
   */
  async send(statement: Query, retries: number, first?: Query): Promise<string> {
    const server = serverAt(this.#settings.DATABASE_URL)
    for (let retry = 0; ; retry++) {
      try {
        const { rows } = await this.#query(server, statement, first)
        return rows[0]![0]
      } catch (cause) {
        const error = new DatabaseError(cause)
        if (!error.isConnectionLost || retry >= retries || !(await this.#pauseBefore(retry))) throw error
      }
    }
  }

  async #query(server: Server, { text, params }: Query, first?: Query) {
    const fetchOptions = { db: this }
    const statement = server.query(text, params, { fetchOptions, types: AS_TEXT })
    const limit = this.#limitInSeconds
    const before = [
      ...(limit === undefined ? [] : [server.query(`set local statement_timeout = '${limit}s'`)]),
      ...(first ? [server.query(first.text, first.params)] : []),
    ]
    if (before.length === 0) return statement
    // One transaction is one round trip.
    const results = await server.transaction([...before, statement], {
      fetchOptions,
      readOnly: limit !== undefined,
    })
    return results.at(-1)!
  }

  /** One HTTP request to Neon, as its driver builds it. */
  async fetch(url: string, init: NeonRequest) {
    const start = Date.now()
    const { SQL_ENDPOINT, SQL_TIMEOUT_IN_MS } = this.#settings
    const left = Math.min(this.#deadline - start, SQL_TIMEOUT_IN_MS)
    this.statements++
    init.headers['X-Request-Id'] = this.requestId
    init.signal = AbortSignal.timeout(Math.max(left, MIN_STATEMENT_IN_MS))
    try {
      return await fetch(SQL_ENDPOINT || url, init)
    } finally {
      this.sqlInMs += Date.now() - start
    }
  }

  /** Waits with full jitter, up to 100 ms and then 200 ms. Returns false if the request's time would be up. */
  async #pauseBefore(retry: number) {
    const milliseconds = Math.random() * 100 * 2 ** retry
    if (Date.now() + milliseconds >= this.#deadline) return false
    await scheduler.wait(milliseconds)
    return true
  }

  get #deadline() {
    return this.#start + (this.#budgetInMs ?? this.#settings.SQL_TIMEOUT_IN_MS)
  }

  get #settings() {
    return settings(this.#env, 'database')
  }
}

type Query = { text: string; params: unknown[] }
type NeonRequest = RequestInit & { headers: Record<string, string>; db: Db }
neonConfig.fetchFunction = (url: string, init: NeonRequest) => init.db.fetch(url, init)

type Server = NeonQueryFunction<true, true>
const servers = new Map<string, Server>()

/**
 * The database over Neon's HTTP protocol, for one request or job. Reads its settings at the first statement. `SQL_ENDPOINT`,
 * if set, is the URL of the protocol; by default Neon's driver derives it from the connection string.
 */
export const connect = (env: Environment, requestId = 'none') => new Db(env, requestId)

function serverAt(databaseUrl: string) {
  let server = servers.get(databaseUrl)
  if (!server) {
    server = neon(databaseUrl, { arrayMode: true, fullResults: true })
    servers.set(databaseUrl, server)
  }
  return server
}

/**
 * A failed statement: its SQLSTATE and constraint, or the name of the network error. It keeps nothing of the original message
 * and details, which hold the SQL and its values.
 */
export class DatabaseError extends Error {
  readonly sqlstate: string | undefined
  readonly constraint: string | undefined
  readonly reason: string | undefined

  constructor(cause: unknown) {
    super('statement failed')
    const root = cause as Partial<NeonError>
    this.sqlstate = /^[0-9A-Z]{5}$/.test(String(root.code)) ? root.code : undefined
    this.constraint = root.constraint
    this.reason = this.sqlstate ? undefined : (root.sourceError?.name ?? root.name)
  }

  /**
   * The server was not reached, closed the connection, or is starting or stopping: no SQLSTATE, 08xxx, 57P01, 57P03.
   */
  get isConnectionLost() {
    return !this.sqlstate || /^(08...|57P01|57P03)$/.test(this.sqlstate)
  }

  /** The statement is fine and may succeed once the database is in order. */
  get isUnavailable() {
    return this.isConnectionLost || NOT_NOW.test(this.sqlstate ?? '')
  }

  /** The statement timed out or was cancelled. */
  get isTimedOut() {
    return this.sqlstate === '57014'
  }

  /** Another statement blocked it, and certainly nothing was done: 40001, 40P01, 55P03. */
  get isBlocked() {
    return /^(40001|40P01|55P03)$/.test(this.sqlstate ?? '')
  }

  /** The database refused a value that validation let pass (22xxx): a gap in validation, not a fault of the server. */
  get isValueRefused() {
    return this.sqlstate?.startsWith('22') ?? false
  }

  /** The parent of a row no longer exists. */
  get isParentGone() {
    return this.sqlstate === '23503'
  }

  /** A row with this value already exists. */
  get isDuplicate() {
    return this.sqlstate === '23505'
  }
}

/**
 * The SQLSTATEs of a database that is not available: it is read-only (25), has no such role or password (28), database or
 * schema (3D, 3F), is busy (40, 55), full (53), stopping (57) or broken (58, F0, XX); or its role lacks rights (42501); or it
 * is not migrated, so that a table, column, function or type is missing.
 */
const NOT_NOW = /^((25|28|3D|3F|40|53|55|57|58|F0|XX)...|42(501|P01|703|883|704))$/

type NeonError = { code: string; constraint: string; name: string; sourceError: Error }
