import { createRequire } from 'node:module'
import type { TestProject } from 'vitest/node'
import type { Settings } from '../../src/settings.ts'
import { freePorts } from '../../stack/net.ts'
import { startWorker } from '../../stack/worker.ts'
import setupParts from '../support/global-setup.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Worker's URL. */
    url: string
    /** Another Worker, as deployed, with an empty database, for the admin's tests. */
    admin: { url: string; databaseUrl: string }
    /** The first Worker's database, and the bucket with its key. */
    databaseUrl: string
    storage: Settings['storage']
    /** Where the emails of both Workers are listed, see stack/mail.ts. */
    mail: string
    /** The public URL of the first Worker's pages. */
    site: string
    /** An origin whose pages may call the first Worker's API. */
    otherOrigin: string
  }
}

/** Starts the usual parts, and two Workers over HTTP; the first has a judge. */
export default async function setup(project: TestProject) {
  const variables: Record<string, string> = {}
  const stopParts = await setupParts({
    vitest: project.vitest,
    provide(key: string, value: Record<string, string> & string) {
      if (key === 'bindings' || key === 'localJudge') Object.assign(variables, value)
      if (key === 'pushService') project.provide(key, value)
    },
  } as unknown as TestProject)
  const { THROTTLE: _limits, PASSWORD_ROUNDS: _cost, JUDGE_URL: _judge, ...asDeployed } = variables
  const databaseUrl = await makeDatabase(variables.DATABASE_URL ?? '', 'scout_admin')
  const [first, second, other] = (await freePorts(3)) as [number, number, number]
  const otherOrigin = `http://localhost:${other}`
  project.provide('otherOrigin', otherOrigin)

  const [worker, admin] = await Promise.all([
    start(first, { ...variables, CORS_ORIGINS: otherOrigin }),
    start(second, { ...asDeployed, DATABASE_URL: databaseUrl, LOG_SAMPLE_RATE: '0' }),
  ])
  project.provide('databaseUrl', variables.DATABASE_URL ?? '')
  project.provide('storage', variables as unknown as Settings['storage'])
  project.provide('site', worker.url)
  project.provide('mail', variables.SES_ENDPOINT ?? '')
  project.provide('url', worker.url.replace('localhost', '127.0.0.1'))
  project.provide('admin', { url: admin.url, databaseUrl })
  return async () => {
    await Promise.all([worker.stop(), admin.stop()])
    await stopParts()
  }
}

function start(port: number, variables: Record<string, string>) {
  const PUBLIC_URL = `http://localhost:${port}`
  return startWorker({
    port,
    inspectorPort: 0,
    variables: { ...variables, PUBLIC_URL },
    signal: new AbortController().signal,
  })
}

async function makeDatabase(serverUrl: string, name: string) {
  const urlOf = (database: string) => new URL(`/${database}`, serverUrl).href
  const client = new Client({ connectionString: urlOf('postgres') })
  await client.connect()
  await client.query(`create database ${name} template scout_empty`)
  await client.end()
  return urlOf(name)
}
