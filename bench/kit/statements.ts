import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { close, listen, LOOPBACK } from '../../stack/net.ts'
import { type Service, startWorkerd } from '../../stack/workerd.ts'
import { type Call, send } from './world.ts'

export type Recorded = { query: string; params: unknown[] }

/** The exact statement, with its values, that a Worker sends for each request. */
export async function recordStatements(service: Service, calls: Record<string, Call>) {
  const statements: Record<string, Recorded> = {}
  // Replaces the database, and never answers.
  const recorder = createServer(async (request, response) => {
    statements[String(request.headers['x-request-id'])] = (await json(request)) as Recorded
    response.writeHead(500).end()
  })
  const SQL_ENDPOINT = `http://${LOOPBACK}:${await listen(recorder, 0)}/sql`
  await using server = await startWorkerd({
    recorded: { ...service, bindings: { ...service.bindings, SQL_ENDPOINT } },
  })
  try {
    for (const [name, call] of Object.entries(calls))
      await send(server.url('recorded'), call, { 'X-Request-Id': name }).catch(() => {})
  } finally {
    await close(recorder)
  }
  return statements
}
