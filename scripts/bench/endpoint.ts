// The SQL endpoint in a process of its own, so that it and the load generator don't wait for each other.
import { startNeonEndpoint } from '../stack/neon-endpoint.ts'

const endpoint = await startNeonEndpoint({ port: 0 })
process.once('disconnect', () => process.exit())
process.send?.({ url: endpoint.url, controlUrl: endpoint.controlUrl })
