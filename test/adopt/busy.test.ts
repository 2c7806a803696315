import type { ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  aDjangoDatabase,
  adopt,
  ask,
  connected,
  type Database,
  fresh,
  inSession,
  planFor,
  schemaOf,
} from './database.ts'

describe('a run that is stopped', () => {
  const invalid = 'select indexrelid::regclass::text as name from pg_index where not indisvalid'

  it('while it builds an index leaves an invalid one, which the next run builds again', async () => {
    const database = await aDjangoDatabase()

    await runUntil(database, 'camera_camera: build index camera_camera_owner_id_id')
    const stopped = await connected(database, async (oldService) => {
      // The index build waits for writers once its index is in the catalogue.
      await oldService.query('begin; update camera_camera set location = location where id = 1')
      return adopt(database, [], async (run) => {
        while ((await ask(database, invalid)).length === 0) await wait(20)
        run.kill('SIGINT')
      })
    })

    expect(stopped.output).toContain('Stopping. Finished steps are kept; run this again to continue.')
    expect(stopped.code).toBe(130)
    expect(await ask(database, invalid)).toEqual([{ name: 'camera_camera_owner_id_id' }])

    const { code, output } = await adopt(database)
    expect(output).toMatch(
      /^camera_camera +to do +index camera_camera_owner_id_id +to be rebuilt, an interrupted build left it invalid$/m,
    )
    expect(code).toBe(0)
    expect(await schemaOf(database)).toMatchObject((await fresh()).schema)
  })

  it('without a word leaves what the next run goes on with', async () => {
    const database = await aDjangoDatabase()

    const killed = await besideLongTransaction(database, (run) => run.kill('SIGKILL'))
    const { code } = await adopt(database)

    expect(killed.code).toBeNull()
    expect(code).toBe(0)
    expect(await schemaOf(database)).toMatchObject((await fresh()).schema)
  })
})

describe('a run whose connection is lost', () => {
  it('says so, and what to do', async () => {
    const database = await aDjangoDatabase()

    const { code, output } = await besideLongTransaction(database, () =>
      ask(
        database,
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'scout adopt' and datname = current_database()`,
      ),
    )

    expect(output).toMatch(
      / was not adopted: the connection was lost \(.+\)\. Finished steps are kept; run this again to continue\.\n$/,
    )
    expect(output).not.toContain('    at ')
    expect(code).toBe(1)
  })
})

describe('a table that is busy', () => {
  it('is left to the old service, and tried again', async () => {
    const database = await aDjangoDatabase()

    const { code, output } = await besideLongTransaction(database, (_run, commit) => commit())

    expect(output).toContain('the table is busy: trying again')
    expect(code).toBe(0)
    expect(await schemaOf(database)).toMatchObject((await fresh()).schema)
  })
})

/** Runs all steps before the one with this title. */
async function runUntil(database: Database, title: string) {
  const { steps } = await planFor(database)
  const until = steps.findIndex((step) => step.title === title)
  await inSession(database, async (session) => {
    for (const { run } of steps.slice(0, until)) await run(session)
  })
}

/** Runs adopt beside an open transaction of the old service; `onBusy` is called when adopt waits for it. */
const besideLongTransaction = (
  database: Database,
  onBusy: (run: ChildProcess, commit: () => Promise<unknown>) => unknown,
) =>
  connected(database, async (oldService) => {
    await oldService.query('begin; update users set first_name = first_name where id = 2')
    return adopt(database, [], (run) =>
      run.stdout?.on('data', (text: string) => {
        if (text.includes('busy')) onBusy(run, () => oldService.query('commit'))
      }),
    )
  })
