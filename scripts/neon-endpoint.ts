// node scripts/neon-endpoint.ts: Neon's HTTP protocol by itself, on PORT (4444), in front of any Postgres of this machine
// and of the one that DATABASE_URL names.
import { startNeonEndpoint } from './stack/neon-endpoint.ts'
import { fail } from './stack/words.ts'

const { PORT = '4444', DATABASE_URL: databaseUrl } = process.env
const endpoint = await startNeonEndpoint({ port: Number(PORT), ...(databaseUrl && { databaseUrl }) }).catch(
  (error: Error) => fail(error.message),
)
console.log(endpoint.url)
