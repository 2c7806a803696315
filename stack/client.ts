import { createRequire } from 'node:module'
import type { ClientConfig } from 'pg'

// Required, not imported: in Vitest's global set-up, an import would find pg's stub for browsers.
const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

/** The timeout of a server's first answer; a suspended Neon server is awake by then. */
const PATIENCE_IN_MILLISECONDS = 10_000

/** A connection to a database, not yet open. */
export const clientOf = (databaseUrl: string, options: ClientConfig = {}) =>
  new Client({ connectionString: databaseUrl, connectionTimeoutMillis: PATIENCE_IN_MILLISECONDS, ...options })

/** Runs `work` on an open connection. */
export async function connected<T>(
  databaseUrl: string,
  work: (client: InstanceType<typeof Client>) => Promise<T>,
) {
  const client = clientOf(databaseUrl)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
