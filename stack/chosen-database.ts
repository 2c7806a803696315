import { readDevVars } from './dev-vars.ts'
import { databaseName, fail } from './words.ts'

/**
 * The database for a script: the one in DATABASE_URL of the environment, to which libpq's variables (PGSSLMODE, PGOPTIONS …)
 * apply as in psql; otherwise the one in `.dev.vars`, after a sentence that says so. Ends the process if neither names one.
 */
export async function chooseDatabase() {
  const given = process.env.DATABASE_URL
  if (given) return { url: given, name: databaseName(given) }
  const url = (await readDevVars().catch((error: Error) => fail(error.message)))?.DATABASE_URL
  if (!url) return fail('There is no DATABASE_URL, neither in the environment nor in .dev.vars.')
  forgetPostgresVariables()
  const name = databaseName(url)
  console.log(
    `DATABASE_URL is not set: using ${name}, the database in .dev.vars, which \`npm run dev\` starts.`,
  )
  return { url, name }
}

/**
 * Removes libpq's variables from this process and its children. They are meant for another database than that of `npm run
 * dev`; `pg` and the server itself would read them.
 */
export function forgetPostgresVariables() {
  for (const name of Object.keys(process.env)) if (name.startsWith('PG')) delete process.env[name]
}
