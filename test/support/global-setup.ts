import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { startApns } from '../../stack/apns.ts'
import { startMail } from '../../stack/mail.ts'
import { applyMigrations } from '../../stack/migrations.ts'
import { startNeonEndpoint } from '../../stack/neon-endpoint.ts'
import { freePorts } from '../../stack/net.ts'
import { removePostgres, startPostgres } from '../../stack/postgres.ts'
import { startPushService } from '../../stack/push-service/server.ts'
import { newApnsKey, newVapidKeys } from '../../stack/push-keys.ts'
import { startStorage } from '../../stack/storage.ts'
import { startContractJudge } from '../../stack/contract-judge/server.ts'
import { startJudge } from '../../stack/judge/start.ts'
import { assertNoSecretIn } from './logs.ts'
import { folderForRun, foldersOfRuns } from './memory.ts'
import { startReceiver } from './receiver.ts'
import { startVersionedBucket } from './stand-in-for-a-versioned-bucket.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Worker's variables and secrets. */
    bindings: Record<string, string>
    /** A fake secret that every file logs. */
    canary: string
    /** Where the SQL endpoint lists its statements and takes faults, see stack/control.ts. */
    controlUrl: string
    /** The S3_ENDPOINT of a versioned bucket. */
    versionedBucket: string
    /** The settings for the contract judge. The default settings name no judge, so pictures wait. */
    judge: { JUDGE_URL: string; JUDGE_API_KEY: string }
    /** Receives pushes to addresses that clients registered, see receiver.ts. */
    receiver: string
    /** The settings for the judge of `npm run dev`, which looks at pictures. It loads its network on first use. */
    localJudge: { JUDGE_URL: string; JUDGE_MODEL: string; JUDGE_API_KEY: string }
    /** The push service, and the stand-in for Apple's. */
    pushService: string
    apple: string
  }
}

/** Containers may share a folder, and then each has process ids of its own. */
const PREFIX = `scout-test-${hostname()}-`
const run = promisify(execFile)

/** Starts Postgres, the SQL endpoint, the S3 server and the mail server once per run, on free ports and in a temporary folder. */
export default async function setup(project: TestProject) {
  await removeDeadRuns()
  const folder = await mkdtemp(join(folderForRun(), `${PREFIX}${process.pid}-`))
  // As root, PostgreSQL runs as another user, who needs access.
  await chmod(folder, 0o755)
  const credentials = { accessKeyId: secret(), secretAccessKey: secret() }
  const bucket = 'scout-test'
  const mailing = { region: 'eu-central-1', accessKeyId: secret(), secretAccessKey: secret() }
  const [port = 0] = await freePorts(1)
  const judgeKey = secret()
  const vapid = newVapidKeys()
  const apnsKey = newApnsKey('ABCDE12345')
  const appleSettings = { teamId: 'TEAM123456', topic: 'com.example.scout' }
  const [postgres, endpoint, storage, mail, judge, localJudge, receiver, pushService, apple] =
    await Promise.all([
      startPostgres({
        folder: join(folder, 'postgres'),
        port,
        password: secret(),
        isDurable: false,
      }),
      startNeonEndpoint({ port: 0 }),
      startStorage({ folder: join(folder, 'storage'), port: 0, bucket, ...credentials }),
      startMail({ port: 0, ...mailing }),
      startContractJudge({ apiKey: judgeKey }),
      startJudge(),
      startReceiver(),
      startPushService(),
      startApns({ ...appleSettings, key: apnsKey }),
      run(process.execPath, ['scripts/build-assets.ts']),
    ])
  const versioned = await startVersionedBucket(credentials.accessKeyId)
  await applyMigrations(postgres.url)
  await execute(urlOf('postgres', postgres.url), 'create database scout_empty template scout')
  const templates = await makeWhenAsked(postgres.url)

  const log = join(folder, 'worker.log')
  process.env.SCOUT_TEST_LOG = log
  const secrets = {
    DATABASE_URL: postgres.url,
    JWT_SECRET: secret(),
    STORAGE_SECRET: secret(),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SES_ACCESS_KEY_ID: mailing.accessKeyId,
    AWS_SES_SECRET_ACCESS_KEY: mailing.secretAccessKey,
    VAPID_PRIVATE_KEY: vapid.VAPID_PRIVATE_KEY,
    APNS_KEY: JSON.stringify(apnsKey),
  }
  const canary = secret()
  project.provide('canary', canary)
  project.provide('judge', { JUDGE_URL: judge.url, JUDGE_API_KEY: judgeKey })
  project.provide('receiver', receiver.url)
  const { url: JUDGE_URL, model: JUDGE_MODEL } = localJudge
  project.provide('localJudge', { JUDGE_URL, JUDGE_MODEL, JUDGE_API_KEY: '' })
  project.provide('pushService', pushService.url)
  project.provide('apple', apple.url)
  project.provide('controlUrl', endpoint.controlUrl)
  project.provide('versionedBucket', versioned.endpoint)
  project.provide('bindings', {
    ...secrets,
    SQL_ENDPOINT: endpoint.url,
    S3_BUCKET: bucket,
    S3_REGION: 'us-east-1',
    S3_ENDPOINT: storage.endpoint,
    PUBLIC_URL: 'https://scout.test',
    MAIL_FROM: 'Scout <scout@example.com>',
    SES_REGION: mailing.region,
    SES_ENDPOINT: mail.endpoint,
    VAPID_PUBLIC_KEY: vapid.VAPID_PUBLIC_KEY,
    VAPID_SUBJECT: 'mailto:scout@example.com',
    APNS_TEAM_ID: appleSettings.teamId,
    APNS_TOPIC: appleSettings.topic,
    APNS_URL: apple.environments,
    LOOPBACK_TARGETS: 'on',
    // The tests of rate limits switch them on.
    THROTTLE: 'off',
    // The test of the poll waits the real time.
    POLL_HOLD_IN_SECONDS: '0',
    // The tests of passwords use the real cost.
    PASSWORD_ROUNDS: '10',
    // Every log line is kept and searched for secrets at the end.
    LOG_SAMPLE_RATE: '1',
  })

  return async () => {
    const { password } = new URL(postgres.url)
    const hasWorked = project.vitest.state.getFiles().some(({ projectName }) => projectName === 'worker')
    const searched = assertNoSecretIn(
      log,
      {
        ...secrets,
        'the key for Apple': apnsKey.d ?? '',
        'the password': password,
        'the judge’s key': judgeKey,
      },
      postgres.url,
      hasWorked ? canary : null,
    )
    await versioned.stop()
    const made = templates.end()
    const parts = [endpoint, storage, mail, judge, localJudge, receiver, pushService, apple].map((part) =>
      part.stop(),
    )
    await Promise.allSettled([...parts, searched, made])
    await postgres.stop()
    await remove(folder)
    await Promise.all([searched, made])
  }
}

/** Makes the Django databases on demand, at the first `pg_notify` from a test, since few tests need them. */
async function makeWhenAsked(databaseUrl: string) {
  const listener = new Client({ connectionString: urlOf('postgres', databaseUrl) })
  let making: Promise<void> | undefined
  listener.on('notification', ({ payload = '' }) => {
    if (!payload.startsWith('django')) return
    making ??= makeDjangoDatabases(databaseUrl)
    making.catch(() => {})
  })
  await listener.connect()
  await listener.query('listen wanted_template')
  return {
    async end() {
      await listener.end()
      await making
    },
  }
}

/**
 * Templates that tests copy for a database of their own, besides the migrated `scout_empty`: `django` is the Django service's,
 * `django_adopted` is the same after the take-over. Each is renamed once it is complete.
 */
async function makeDjangoDatabases(databaseUrl: string) {
  const onServer = (statement: string) => execute(urlOf('postgres', databaseUrl), statement)
  await onServer('create database filling')
  await execute(urlOf('filling', databaseUrl), await readFile('test/django/full.sql', 'utf8'))
  await onServer('create database adopting template filling')
  await onServer('alter database filling rename to django')
  const env = { ...process.env, DATABASE_URL: urlOf('adopting', databaseUrl) }
  await run(process.execPath, ['adopt/adopt.ts'], { env })
  await onServer('alter database adopting rename to django_adopted')
}

const urlOf = (name: string, databaseUrl: string) => new URL(`/${name}`, databaseUrl).href

async function execute(databaseUrl: string, statement: string) {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(statement)
  await client.end()
}

const secret = () => randomBytes(32).toString('hex')

/** Cleans up after killed runs of this machine: their servers, and their folders, which are named by process id. */
async function removeDeadRuns() {
  const cleaned = Array.from(foldersOfRuns(), async (folder) => {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(PREFIX))
    const dead = names.filter((name) => !isAlive(Number.parseInt(name.slice(PREFIX.length), 10)))
    await Promise.all(dead.map((name) => remove(join(folder, name))))
  })
  await Promise.all(cleaned)
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
