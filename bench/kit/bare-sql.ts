// A bare Worker that sends exactly the SQL of one of our routes through the same driver: the minimum cost of a statement.
import { neon, neonConfig } from '@neondatabase/serverless'
import type { NeonQueryFunction } from '@neondatabase/serverless'

type Env = {
  DATABASE_URL: string
  SQL_ENDPOINT: string
  STATEMENTS: Record<string, { query: string; params: unknown[] }>
}

let client: NeonQueryFunction<true, true> | undefined

export default {
  async fetch(request: Request, env: Env) {
    neonConfig.fetchEndpoint = env.SQL_ENDPOINT
    client ??= neon(env.DATABASE_URL, { arrayMode: true, fullResults: true })
    if (request.method === 'POST') await request.json()
    const { query, params } = env.STATEMENTS[new URL(request.url).pathname.slice(1)]!
    const { rows } = await client.query(query, params)
    return Response.json(rows, { status: request.method === 'POST' ? 201 : 200 })
  },
}
