import { setTimeout as wait } from 'node:timers/promises'
import type { startDatabase } from '../kit/stack.ts'
import type { Fault } from '../../stack/control.ts'

type Database = Awaited<ReturnType<typeof startDatabase>>

const FAULT_IN_MS = 1_000
const PEACE_IN_MS = 2_000
const FAULTS: Fault[] = [
  { fault: 'drop-answer' },
  { fault: 'reset' },
  { fault: 'status', status: 500 },
  { fault: 'garbage' },
  { fault: 'stall' },
  { fault: 'drop' },
  { fault: 'delay', milliseconds: 300, millisecondsAfter: 300 },
]

/**
 * One fault after the other for all statements, one second each with two seconds of peace between, and PostgreSQL stopped and
 * started. `isWell` sends a request that needs the database. Returns the number of faults, and the longest time from the end
 * of one until such a request succeeded.
 */
export async function injectFaults(
  database: Database,
  isWell: () => Promise<boolean>,
  isOver: () => boolean,
) {
  let count = 0
  let slowest = { recoveryInMs: 0, after: '' }
  while (!isOver()) {
    for (const [name, begin, end] of [...FAULTS.map((fault) => sqlFault(database, fault)), stop(database)]) {
      if (isOver()) break
      await begin()
      await wait(FAULT_IN_MS)
      await end()
      count++
      const endedAt = performance.now()
      while (!(await isWell())) await wait(5)
      const recoveryInMs = performance.now() - endedAt
      if (recoveryInMs > slowest.recoveryInMs) slowest = { recoveryInMs, after: name }
      await wait(PEACE_IN_MS)
    }
  }
  return { count, slowest }
}

const sqlFault = (database: Database, fault: Fault) =>
  [fault.fault, () => database.breakSql(fault), () => database.mendSql()] as const

const stop = (database: Database) =>
  ['stop of PostgreSQL', () => database.stopPostgres(), () => database.restartPostgres()] as const
