import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Pool as ConnectionPool, PoolClient, PoolConfig, QueryConfig } from 'pg'
import { createControl, failAfter, failBefore, sendJson } from './control.ts'
import { close, isLoopback, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from './net.ts'

// Required, not imported: in Vitest's global set-up, an import would find pg's stub for browsers.
const { Client, DatabaseError, Pool } = createRequire(import.meta.url)('pg') as typeof import('pg')

/** As many as Neon's own proxy keeps per database. */
const CONNECTIONS_PER_DATABASE = 20

const ISOLATION_LEVELS: Record<string, string> = {
  ReadUncommitted: 'read uncommitted',
  ReadCommitted: 'read committed',
  RepeatableRead: 'repeatable read',
  Serializable: 'serializable',
}

/** The fields of a Postgres error that Neon returns besides its message. */
const ERROR_FIELDS = [
  'code',
  'detail',
  'hint',
  'position',
  'internalPosition',
  'internalQuery',
  'severity',
  'where',
  'table',
  'column',
  'schema',
  'dataType',
  'constraint',
  'file',
  'line',
  'routine',
] as const

type Statement = { query: string; params?: unknown[]; arrayMode?: boolean }
type SqlRequest = Statement | { queries: Statement[] }

/** A launcher: its folder, and the URL of its Worker once that answers. */
export type Hello = { owner: string; pid: number; url?: string | undefined }

export type NeonEndpointOptions = {
  /** 0 means any free port. */
  port: number
  /** A database on another machine that may also be queried. */
  databaseUrl?: string
  /** What `GET /` returns besides the process id, so that a second launcher knows whose endpoint this is. */
  hello?: () => Omit<Hello, 'pid'>
}

/**
 * Serves Neon's HTTP protocol (`POST /sql`) on 127.0.0.1 in front of any Postgres of this machine, as
 * `@neondatabase/serverless` speaks it: a Postgres error is a 400 with its fields, any other error a 500, and a client that
 * disconnects cancels its statement. `controlUrl` is where tests read the statements and arm faults, see `control.ts`.
 */
export async function startNeonEndpoint({ port, databaseUrl, hello }: NeonEndpointOptions) {
  const pools = new Map<string, ConnectionPool>()
  const control = createControl()

  function poolFor(connectionString: string) {
    const known = pools.get(connectionString)
    if (known) return known
    const pool = new Pool({ ...connectionTo(connectionString, databaseUrl), max: CONNECTIONS_PER_DATABASE })
    // Postgres closed a connection: the caller of a statement gets the error, and the pool opens another.
    pool.on('error', ignore)
    pool.on('connect', (client) => client.on('error', ignore))
    pools.set(connectionString, pool)
    return pool
  }

  async function answerSql(request: IncomingMessage, response: ServerResponse) {
    const sent = JSON.parse(await text(request)) as SqlRequest
    if (!isWellFormed(sent)) return sendJson(response, 400, { message: 'lone surrogate in hex escape' })
    const id = header(request, 'x-request-id')
    if (id) control.record(id, 'queries' in sent ? { queries: sent.queries.map(onlySql) } : onlySql(sent))
    const fault = control.takeFault(id)
    if (fault?.fault === 'hold') await control.hold(id)
    if (fault && (await failBefore(fault, response))) return

    const { status, body } = await run(sent, request, response).then(
      (result) => ({ status: 200, body: result }),
      describeError,
    )
    if (fault && (await failAfter(fault, response, JSON.stringify(body)))) return
    // The client may have disconnected; writing to it does no harm.
    sendJson(response, status, body)
  }

  async function run(sent: SqlRequest, request: IncomingMessage, response: ServerResponse) {
    const pool = poolFor(header(request, 'neon-connection-string'))
    const client = await pool.connect()
    let cancelling: Promise<void> | undefined
    const cancel = () => {
      cancelling = cancelStatement(pool, client)
    }
    response.once('close', cancel)
    try {
      const isArrayMode = header(request, 'neon-array-mode') === 'true'
      if ('queries' in sent) return { results: await runBatch(client, sent.queries, request, isArrayMode) }
      return await runStatement(client, sent, isArrayMode)
    } finally {
      response.off('close', cancel)
      await cancelling
      // A statement may have opened a transaction; such a connection must not be reused.
      client.release(client.getTransactionStatus() !== 'I')
    }
  }

  const server = createServer((request, response) => {
    const isSql = request.method === 'POST' && request.url === '/sql'
    const isHello = request.method === 'GET' && request.url === '/'
    if (isHello) return sendJson(response, 200, { protocol: 'neon-http', pid: process.pid, ...hello?.() })
    const answered = isSql ? answerSql(request, response) : control.answer(request, response)
    return answered.catch((error: Error) => sendJson(response, 500, { message: error.message }))
  })
  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const origin = `http://${LOOPBACK}:${await listen(server, port)}`

  return {
    url: `${origin}/sql`,
    controlUrl: origin,
    async stop() {
      await close(server)
      await Promise.all(Array.from(pools.values(), (pool) => pool.end()))
    },
  }
}

/** How the launcher behind an endpoint introduces itself; undefined if none answers. */
export const helloOf = (endpointUrl: string) =>
  fetch(new URL('../../../..', endpointUrl), { signal: AbortSignal.timeout(2_000) })
    .then((response) => response.json() as Promise<Partial<Hello>>)
    .catch(() => undefined)

const ignore = () => {}

const header = (request: IncomingMessage, name: string) => String(request.headers[name] ?? '')

/** Neon reads JSON with Rust's serde, which refuses half a surrogate pair; `JSON.parse` accepts it. */
const isWellFormed = (sent: SqlRequest) =>
  ('queries' in sent ? sent.queries : [sent]).every(({ params = [] }) =>
    params.every((value) => typeof value !== 'string' || value.isWellFormed()),
  )

const onlySql = ({ query }: Statement) => ({ sql: query })

/** The connection to a database of this machine, or to the one given at the start. */
function connectionTo(connectionString: string, databaseUrl?: string): PoolConfig {
  if (databaseUrl && isSameDatabase(connectionString, databaseUrl)) return { connectionString: databaseUrl }
  const { hostname, port, username, password, pathname } = new URL(connectionString)
  if (!isLoopback(hostname)) throw new Error('This endpoint leads to databases on this machine only.')
  // Leaves out its parameters: one of them could name another host.
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  }
}

function isSameDatabase(one: string, other: string) {
  const [a, b] = [one, other].map((text) => {
    const url = new URL(text)
    // The driver adds its own.
    url.searchParams.delete('application_name')
    return url.href
  })
  return a === b
}

async function runStatement(
  client: PoolClient,
  { query, params = [], arrayMode }: Statement,
  isArrayMode: boolean,
) {
  const rowAsArray = arrayMode ?? isArrayMode
  const { command, rowCount, fields, rows } = await client.query({
    text: query,
    values: params,
    // Even without parameters: then a text may hold only one statement, as at Neon.
    queryMode: 'extended',
    types: asText,
    ...(rowAsArray ? { rowMode: 'array' } : {}),
  } as QueryConfig)
  return { command, rowCount, rowAsArray, fields, rows }
}

// Values go out as the text that Postgres sent; the driver parses them by their type's OID.
const asText = { getTypeParser: () => (value: string) => value } as unknown as NonNullable<
  QueryConfig['types']
>

async function runBatch(
  client: PoolClient,
  queries: Statement[],
  request: IncomingMessage,
  isArrayMode: boolean,
) {
  const level = header(request, 'neon-batch-isolation-level')
  if (level && !ISOLATION_LEVELS[level]) throw new Error(`There is no isolation level ${level}.`)
  const modes = [
    level && `isolation level ${ISOLATION_LEVELS[level]}`,
    header(request, 'neon-batch-read-only') === 'true' && 'read only',
    header(request, 'neon-batch-deferrable') === 'true' && 'deferrable',
  ]
  await client.query(`begin ${modes.filter(Boolean).join(', ')}`)
  try {
    const results = []
    for (const query of queries) results.push(await runStatement(client, query, isArrayMode))
    await client.query('commit')
    return results
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/** Cancels the statement of a connection whose client has disconnected. */
async function cancelStatement(pool: ConnectionPool, busy: PoolClient) {
  const client = new Client(pool.options)
  client.on('error', ignore)
  try {
    await client.connect()
    await client.query('select pg_cancel_backend($1)', [
      (busy as PoolClient & { processID: number }).processID,
    ])
  } catch {
    // Then it ends by itself.
  } finally {
    await client.end().catch(() => {})
  }
}

function describeError(error: unknown) {
  if (!(error instanceof DatabaseError)) return { status: 500, body: { message: (error as Error).message } }
  const fields = ERROR_FIELDS.map((name) => [name, error[name] ?? null])
  return { status: 400, body: { message: error.message, ...Object.fromEntries(fields) } }
}
