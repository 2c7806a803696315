import { createRequire } from 'node:module'
import { percentile } from './load.ts'
import type { Recorded } from './statements.ts'
import { number, printTable } from './table.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

/** Each run is planned again, as behind Neon's HTTP, which has no sessions; the first few fill the server's caches. */
const RUNS = 60
const WARM_UP = 10

/**
 * Prints the time in which Postgres plans and executes each statement, the median in milliseconds. Their writes are rolled
 * back.
 */
export async function measurePlans(databaseUrl: string, statements: Record<string, Recorded>) {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const times = new Map(
    Object.keys(statements).map((name) => [name, { planning: [] as number[], execution: [] as number[] }]),
  )
  for (let run = 0; run < RUNS; run++) {
    for (const [name, { query, params }] of Object.entries(statements)) {
      await client.query('begin')
      const { rows } = await client.query(`explain (analyze, timing off, format json) ${query}`, params)
      await client.query('rollback')
      const [plan] = rows[0]['QUERY PLAN'] as [{ 'Planning Time': number; 'Execution Time': number }]
      if (run < WARM_UP) continue
      times.get(name)!.planning.push(plan['Planning Time'])
      times.get(name)!.execution.push(plan['Execution Time'])
    }
  }
  await client.end()
  printTable(
    ['statement', 'planning ms', 'execution ms'],
    Array.from(times, ([name, { planning, execution }]) => [
      name,
      number(percentile(planning, 0.5), 3),
      number(percentile(execution, 0.5), 3),
    ]),
  )
}
