import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { applyMigrations } from '../../scripts/stack/migrations.ts'
import { startNeonEndpoint } from '../../scripts/stack/neon-endpoint.ts'
import { freePorts } from '../../scripts/stack/net.ts'
import { removePostgres, startPostgres } from '../../scripts/stack/postgres.ts'
import { startStorage } from '../../scripts/stack/storage.ts'
import { assertNoSecretIn } from './logs.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Worker's variables and secrets. */
    bindings: Record<string, string>
    /** Where the SQL endpoint tells its statements and takes faults, see scripts/stack/control.ts. */
    controlUrl: string
  }
}

const PREFIX = 'scout-test-'

/** Starts one Postgres, one SQL endpoint and one S3 server for a whole run, on free ports and in a folder of its own. */
export default async function setup(project: TestProject) {
  await removeDeadRuns()
  execFileSync(process.execPath, ['scripts/build-assets.ts'])

  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
  // Root's PostgreSQL runs as another user, who must get in.
  await chmod(folder, 0o755)
  const credentials = { accessKeyId: secret(), secretAccessKey: secret() }
  const bucket = 'scout-test'
  const [port = 0] = await freePorts(1)
  const [postgres, endpoint, storage] = await Promise.all([
    startPostgres({
      folder: join(folder, 'postgres'),
      port,
      password: secret(),
      isDurable: false,
    }),
    startNeonEndpoint({ port: 0 }),
    startStorage({ folder: join(folder, 'storage'), port: 0, bucket, ...credentials }),
  ])
  await applyMigrations(postgres.url)
  await keepTemplates(postgres.url)

  const log = join(folder, 'worker.log')
  process.env.SCOUT_TEST_LOG = log
  const secrets = {
    DATABASE_URL: postgres.url,
    JWT_SECRET: secret(),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  }
  project.provide('controlUrl', endpoint.controlUrl)
  project.provide('bindings', {
    ...secrets,
    SQL_ENDPOINT: endpoint.url,
    S3_BUCKET: bucket,
    S3_REGION: 'us-east-1',
    S3_ENDPOINT: storage.endpoint,
    // The tests of limits switch them on.
    THROTTLE: 'off',
    // Every line is kept, and searched for secrets when all is done.
    LOG_SAMPLE_RATE: '1',
  })

  return async () => {
    const { password } = new URL(postgres.url)
    const searched = assertNoSecretIn(log, { ...secrets, 'the password': password }, postgres.url)
    await Promise.all([endpoint.stop(), storage.stop(), searched.catch(() => {})])
    await postgres.stop()
    await remove(folder)
    await searched
  }
}

/**
 * Keeps databases that tests copy when they need one of their own: `scout_empty` is migrated, `django` is the Django
 * service's, `django_adopted` is that one taken over.
 */
async function keepTemplates(databaseUrl: string) {
  const urlOf = (name: string) => new URL(`/${name}`, databaseUrl).href
  await execute(urlOf('postgres'), 'create database scout_empty template scout', 'create database django')
  await execute(urlOf('django'), await readFile('test/django/full.sql', 'utf8'))
  await execute(urlOf('postgres'), 'create database django_adopted template django')
  const env = { ...process.env, DATABASE_URL: urlOf('django_adopted') }
  execFileSync(process.execPath, ['scripts/adopt.ts'], { env })
}

async function execute(databaseUrl: string, ...statements: string[]) {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

const secret = () => randomBytes(32).toString('hex')

/** A run that was killed leaves its server and its folder, named by its process id, to the next one. */
async function removeDeadRuns() {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX))
  const dead = names.filter((name) => !isAlive(Number.parseInt(name.slice(PREFIX.length), 10)))
  await Promise.all(dead.map((name) => remove(join(tmpdir(), name))))
}

async function remove(folder: string) {
  await removePostgres(join(folder, 'postgres'))
  await rm(folder, { recursive: true, force: true })
}

function isAlive(pid: number) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
