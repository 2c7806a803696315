// The SQL endpoint in its own process, so that it and the load generator don't wait for each other. If the parent ends, even
// if it is killed, this process stops the PostgreSQL in the given folder and deletes the folder.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startNeonEndpoint } from '../../stack/neon-endpoint.ts'
import { removePostgres } from '../../stack/postgres.ts'

const [folder = ''] = process.argv.slice(2)
process.once('disconnect', async () => {
  await removePostgres(join(folder, 'postgres'))
  await rm(folder, { recursive: true, force: true })
  process.exit()
})
const endpoint = await startNeonEndpoint({ port: 0 })
process.send?.({ url: endpoint.url, controlUrl: endpoint.controlUrl })
