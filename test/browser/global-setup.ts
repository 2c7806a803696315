import { createRequire } from 'node:module'
import type { TestProject } from 'vitest/node'
import { freePorts } from '../../stack/net.ts'
import { startWorker } from '../../stack/worker.ts'
import setupParts from '../support/global-setup.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the Worker answers over HTTP. */
    url: string
    /** Another one, as deployed, and its database, which is empty: those of the admin's tests. */
    admin: { url: string; databaseUrl: string }
    /** The first Worker's database. */
    databaseUrl: string
  }
}

/** The parts that every test has, and two Workers that answer over HTTP. */
export default async function setup(project: TestProject) {
  const variables: Record<string, string> = {}
  const stopParts = await setupParts({
    vitest: project.vitest,
    provide(key: string, value: Record<string, string> & string) {
      if (key === 'bindings') Object.assign(variables, value)
      if (key === 'pushService') project.provide(key, value)
    },
  } as unknown as TestProject)
  const { THROTTLE: _limits, PASSWORD_ROUNDS: _cost, ...asDeployed } = variables
  const databaseUrl = await makeDatabase(variables.DATABASE_URL ?? '', 'scout_admin')

  // One after the other: each builds the assets, and the first takes them up again after the second.
  const worker = await start(variables)
  const admin = await start({ ...asDeployed, DATABASE_URL: databaseUrl, LOG_SAMPLE_RATE: '0' })
  project.provide('databaseUrl', variables.DATABASE_URL ?? '')
  project.provide('url', worker.url.replace('localhost', '127.0.0.1'))
  project.provide('admin', { url: admin.url, databaseUrl })
  return async () => {
    await Promise.all([worker.stop(), admin.stop()])
    await stopParts()
  }
}

async function start(variables: Record<string, string>) {
  const [port = 0] = await freePorts(1)
  return startWorker({ port, variables, signal: new AbortController().signal })
}

async function makeDatabase(serverUrl: string, name: string) {
  const urlOf = (database: string) => new URL(`/${database}`, serverUrl).href
  const client = new Client({ connectionString: urlOf('postgres') })
  await client.connect()
  await client.query(`create database ${name} template scout_empty`)
  await client.end()
  return urlOf(name)
}
