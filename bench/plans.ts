// npm run bench:plans: the time in which Postgres plans and executes the statement of each route.
import { measurePlans } from './kit/plans.ts'
import { startDatabase } from './kit/stack.ts'
import { recordStatements } from './kit/statements.ts'
import { makeWorld } from './kit/world.ts'
import { buildWorker } from '../stack/bundle.ts'
import { startWorkerd } from '../stack/workerd.ts'

const { script } = await buildWorker('bundle')
await using database = await startDatabase()
const scout = { script, bindings: database.bindings }
const { list, retrieve, create, token, camera, refresh } = await makeWorldOf()
const rules = { path: `/v1/cameras/${camera}/rules/`, token }
const all = { path: '/v1/cameras/?all=true', token }
const users = { path: '/v1/users/', token }
const change = { ...retrieve, method: 'PATCH' as const, body: { location: 'Porch' } }
const statements = await recordStatements(scout, {
  list,
  retrieve,
  change,
  create,
  rules,
  all,
  users,
  refresh,
})
await measurePlans(database.url, statements)

async function makeWorldOf() {
  await using server = await startWorkerd({ service: scout })
  return await makeWorld(server.url('service'))
}
