// node scripts/neon-endpoint.ts: serves Neon's HTTP protocol alone, on PORT (4444), in front of any Postgres of this machine
// and of the one that DATABASE_URL names.
import { forgetPostgresVariables } from '../stack/chosen-database.ts'
import { startNeonEndpoint } from '../stack/neon-endpoint.ts'
import { fail } from '../stack/words.ts'

const { PORT = '4444', DATABASE_URL: databaseUrl } = process.env
if (!databaseUrl) forgetPostgresVariables()
const endpoint = await startNeonEndpoint({ port: Number(PORT), ...(databaseUrl && { databaseUrl }) }).catch(
  (error: Error) => fail(error.message),
)
console.log(endpoint.url)
