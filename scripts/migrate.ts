// npm run db:migrate: brings the database that DATABASE_URL names, else the one in .dev.vars, up to date.
import { readDevVars } from './stack/dev-vars.ts'
import { applyMigrations } from './stack/migrations.ts'
import { databaseName, fail } from './stack/words.ts'

const databaseUrl = process.env.DATABASE_URL || (await readDevVars())?.DATABASE_URL
if (!databaseUrl) fail('There is no DATABASE_URL, neither in the environment nor in .dev.vars.')

const database = databaseName(databaseUrl)
try {
  const names = await applyMigrations(databaseUrl)
  for (const name of names) console.log(`applied ${name}`)
  if (names.length === 0) console.log(`${database} is up to date: there is nothing to apply.`)
} catch (error) {
  fail(`${database} can't be migrated: ${(error as Error).message}`)
}
