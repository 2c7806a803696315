import { readDevVars } from './dev-vars.ts'
import { databaseName, fail } from './words.ts'

/**
 * The database that a script works on: the one that DATABASE_URL of the environment names, to which libpq's variables
 * (PGSSLMODE, PGOPTIONS …) apply as they do to psql; else the one in `.dev.vars`, after a sentence that says so. Ends the
 * process where neither names one.
 */
export async function chooseDatabase() {
  const given = process.env.DATABASE_URL
  if (given) return { url: given, name: databaseName(given) }
  const url = (await readDevVars().catch((error: Error) => fail(error.message)))?.DATABASE_URL
  if (!url) return fail('There is no DATABASE_URL, neither in the environment nor in .dev.vars.')
  forgetPostgresVariables()
  const name = databaseName(url)
  console.log(
    `DATABASE_URL is not set: takes ${name}, the database in .dev.vars, which \`npm run dev\` starts.`,
  )
  return { url, name }
}

/**
 * Takes libpq's variables from this process and from what it starts. They are about a database that their owner has in mind,
 * which the one of `npm run dev` is not; `pg` and the server itself would read them.
 */
export function forgetPostgresVariables() {
  for (const name of Object.keys(process.env)) if (name.startsWith('PG')) delete process.env[name]
}
