// npm run db:migrate: brings the database that DATABASE_URL names, else the one in .dev.vars, up to date.
import { readDevVars } from './stack/dev-vars.ts'
import { applyMigrations } from './stack/migrations.ts'
import { databaseName, fail } from './stack/words.ts'

/** What the server says where a migration makes a table that is there. */
const DUPLICATE_TABLE = '42P07'

const databaseUrl = process.env.DATABASE_URL || (await readDevVars())?.DATABASE_URL
if (!databaseUrl) fail('There is no DATABASE_URL, neither in the environment nor in .dev.vars.')

const database = databaseName(databaseUrl)
try {
  const names = await applyMigrations(databaseUrl)
  for (const name of names) console.log(`applied ${name}`)
  if (names.length === 0) console.log(`${database} is up to date: there is nothing to apply.`)
} catch (error) {
  const { code, message } = error as Error & { code?: string }
  const hint = code === DUPLICATE_TABLE ? '. A database of the Django service needs npm run db:adopt.' : ''
  fail(`${database} can't be migrated: ${message}${hint}`)
}
