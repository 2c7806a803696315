// npm run db:migrate: brings the database that DATABASE_URL names, otherwise the one in .dev.vars, up to date.
import { chooseDatabase } from '../stack/chosen-database.ts'
import { applyMigrations } from '../stack/migrations.ts'
import { optionsOf } from '../stack/options.ts'
import { fail, reasonOf } from '../stack/words.ts'

/** The server's code if a migration creates an existing table. */
const DUPLICATE_TABLE = '42P07'

optionsOf('usage: npm run db:migrate', {})
const { url, name } = await chooseDatabase()
try {
  const names = await applyMigrations(url)
  for (const migration of names) console.log(`applied ${migration}`)
  if (names.length === 0) console.log(`${name} is up to date: there is nothing to apply.`)
} catch (error) {
  const { code } = error as { code?: string }
  const hint = code === DUPLICATE_TABLE ? '. A database of the Django service needs npm run db:adopt.' : ''
  fail(`${name} can't be migrated: ${reasonOf(error)}${hint}`)
}
