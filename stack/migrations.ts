import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Client } from 'pg'
import { connected } from './client.ts'

const require = createRequire(import.meta.url)

const migrationsFolder = join(import.meta.dirname, '../drizzle')

type Journal = { entries: { tag: string; when: number }[] }

/**
 * Brings a database up to date with `drizzle/` in one transaction, and returns the names of the applied migrations. Throws
 * the message of the server or the network, without the statement, which is long.
 */
export async function applyMigrations(databaseUrl: string) {
  return connected(databaseUrl, async (client) => {
    // Not at the top, because a script may not need it. An import would take Node a second longer: for each module it reads
    // the package's long list of exports again.
    const { drizzle } = require('drizzle-orm/node-postgres') as typeof import('drizzle-orm/node-postgres')
    const { migrate } =
      require('drizzle-orm/node-postgres/migrator') as typeof import('drizzle-orm/node-postgres/migrator')
    const last = await lastApplied(client)
    await migrate(drizzle(client), { migrationsFolder }).catch((error: unknown) => {
      throw error instanceof Error && error.cause instanceof Error ? error.cause : error
    })
    const { entries } = require(`${migrationsFolder}/meta/_journal.json`) as Journal
    return entries.filter(({ when }) => when > last).map(({ tag }) => tag)
  })
}

/** When the newest applied migration was generated, in milliseconds; 0 if there is none. */
async function lastApplied(client: Client) {
  const { rows } = await client.query(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as exists`,
  )
  if (!rows[0].exists) return 0
  const newest = await client.query('select max(created_at) as "when" from drizzle.__drizzle_migrations')
  return Number(newest.rows[0].when)
}
