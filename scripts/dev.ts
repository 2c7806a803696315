// npm run dev: the whole service on this machine, from real parts. Ctrl-C stops it; `-- --fresh` starts without data.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { faultsOf } from '../src/settings.ts'
import { forgetPostgresVariables } from '../stack/chosen-database.ts'
import { type AppleShown, startApns } from '../stack/apns.ts'
import { startClock } from '../stack/clock.ts'
import { readDevVars, ROOT, writeDevVars } from '../stack/dev-vars.ts'
import { startJudge } from '../stack/judge/start.ts'
import { inUrl, localNetwork, type LocalNetwork } from '../stack/local-network.ts'
import { type LocalMail, startMail } from '../stack/mail.ts'
import { applyMigrations } from '../stack/migrations.ts'
import { helloOf, startNeonEndpoint } from '../stack/neon-endpoint.ts'
import { assertPortIsFree, freePorts, isBlocked, isLoopback, PortInUse, PortRefused } from '../stack/net.ts'
import { startTelling } from '../stack/object-created.ts'
import { postgresFolder, removePostgres, startPostgres } from '../stack/postgres.ts'
import { localPush } from '../stack/push-keys.ts'
import type { Shown } from '../stack/push-service/phones.ts'
import { startPushService } from '../stack/push-service/server.ts'
import { onStop } from '../stack/stopping.ts'
import { startStorage } from '../stack/storage.ts'
import { ensureLocalSuperuser } from '../stack/superuser.ts'
import { databaseName, reasonOf } from '../stack/words.ts'
import { startWorker } from '../stack/worker.ts'

const LOCAL_FOLDER = join(ROOT, '.local')
const POSTGRES_FOLDER = join(LOCAL_FOLDER, 'postgres')

/** The required settings of `.dev.vars`; the others have defaults. */
const NEEDED = [
  'DATABASE_URL',
  'SQL_ENDPOINT',
  'JWT_SECRET',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'S3_ENDPOINT',
]

const running: { stop(): Promise<unknown> }[] = []
const stopping = new AbortController()
onStop(() => stopping.abort())

try {
  await run()
} catch (error) {
  if (!stopping.signal.aborted) {
    console.error(`\n${reasonOf(error)}`)
    process.exitCode = 1
  }
}
for (const part of running.toReversed()) {
  await part.stop().catch((error: Error) => console.error(error.message))
}
if (stopping.signal.aborted) console.log('\nStopped; the data is kept.')
process.exit()

/** Starts one part after the other, then waits until it is stopped. */
async function run() {
  if (await writeDevVars()) console.log('Wrote .dev.vars, with random secrets.')
  const { port, network, databaseUrl, databaseNote, isOurDatabase, sqlEndpoint, storage, variables } =
    await readSettings()
  await assertNotRunning(sqlEndpoint)
  const [anotherPort] = await freePorts(1)
  await advise(`\`PORT=${anotherPort} npm run dev\` takes another.`, () =>
    assertPortIsFree(port, network?.host),
  )
  if (process.argv.includes('--fresh')) console.log('Starting without data.')
  // If there is no .local yet, PostgreSQL's data outside of this folder belongs to an earlier clone.
  if (process.argv.includes('--fresh') || !existsSync(LOCAL_FOLDER)) await throwDataAway()

  // Beside the other parts, because only the Worker waits for it.
  const isOurJudge = !variables.JUDGE_URL
  const judge = isOurJudge ? ourJudge() : Promise.resolve({})
  // It is awaited below; until then, an error must not end this without stopping the other parts.
  judge.catch(() => {})
  let url: string | undefined
  variables.STORAGE_SECRET ||= randomBytes(32).toString('hex')
  const telling = startTelling(variables.STORAGE_SECRET)
  running.push(telling)
  // First, because its port shows another launcher that this folder is in use.
  await start("Neon's HTTP protocol", 'SQL_ENDPOINT', () =>
    startNeonEndpoint({ port: portOf(sqlEndpoint), databaseUrl, hello: () => ({ owner: ROOT, url }) }),
  )
  if (isOurDatabase) {
    const { password } = new URL(databaseUrl)
    await start('PostgreSQL 18', 'DATABASE_URL', () =>
      startPostgres({ folder: POSTGRES_FOLDER, port: portOf(databaseUrl), password }),
    )
  }
  if (storage.isOurs) {
    const folder = join(LOCAL_FOLDER, 'storage')
    await start('S3', 'S3_ENDPOINT', () =>
      startStorage({
        ...storage,
        folder,
        port: portOf(storage.endpoint),
        host: network?.host,
        onEvent: telling.tell,
      }),
    )
  }
  const sendsMail = Boolean(variables.MAIL_FROM)
  if (!sendsMail) Object.assign(variables, await ourMail())
  const pushes = await ourPush(variables)
  await start('Migrations', 'DATABASE_URL', () => migrate(databaseUrl))
  const admin = isOurDatabase ? await ensureLocalSuperuser(databaseUrl, LOCAL_FOLDER) : 'npm run admin:create'
  Object.assign(variables, await judge)
  const worker = await start('Worker', 'PORT', () =>
    startWorker({ port, network, variables, signal: stopping.signal }),
  )
  url = worker.url
  telling.to(url)
  running.push(startClock(url))

  console.log(`
App          ${url}/app/
Admin        ${url}/admin/ (${admin})
Docs         ${url}/docs
API          ${url}${network ? `\nNetwork      ${networkNote(network, port)}` : ''}
PostgreSQL   ${databaseName(databaseUrl)} (${databaseNote})
S3           ${storage.endpoint}/${storage.bucket}
Judge        ${judgeIn(variables, isOurJudge)}
Mail         ${sendsMail ? `from ${variables.MAIL_FROM}` : 'is printed here'}
Push         ${pushes}
Data         ${whereDataIs(isOurDatabase)}

curl ${url}/v1/auth/register/ -H 'content-type: application/json' -d '{"email": "ada@example.com", "password": "securepassword123"}'

\`npm run demo\` in another terminal shows it at work. Ctrl-C stops everything.
`)
  const code = await Promise.race([worker.exited, once(stopping.signal, 'abort')])
  stopping.signal.throwIfAborted()
  throw new Error(`The Worker ended by itself, with exit code ${code}.`)
}

/** The settings in `.dev.vars`; some environment variables take precedence. */
async function readSettings() {
  // As in wrangler.toml: whoever sets a judge, a mail sender or a key sets these too.
  const written: Record<string, string | undefined> = {
    JUDGE_MODEL: '',
    SES_REGION: '',
    VAPID_PUBLIC_KEY: '',
    VAPID_PRIVATE_KEY: '',
    VAPID_SUBJECT: '',
    APNS_TEAM_ID: '',
    APNS_TOPIC: '',
    ...(await readDevVars()),
  }
  const missing = NEEDED.filter((name) => !written[name])
  if (missing.length > 0) {
    throw new Error(`.dev.vars has no ${missing.join(', ')}: .dev.vars.example shows what to write.`)
  }
  const given = ['DATABASE_URL', 'HOST', 'PORT', 'PUBLIC_URL', 'THROTTLE'].filter((name) => process.env[name])
  const {
    HOST,
    PORT = '8787',
    ...variables
  } = {
    ...(written as Record<string, string>),
    ...Object.fromEntries(given.map((name) => [name, String(process.env[name])])),
  }
  const {
    DATABASE_URL: databaseUrl = '',
    SQL_ENDPOINT: sqlEndpoint = '',
    S3_ENDPOINT: endpoint = '',
  } = variables
  if (!URL.canParse(databaseUrl)) throw new Error('DATABASE_URL is not a URL.')
  if (!isHere(sqlEndpoint))
    throw new Error('SQL_ENDPOINT in .dev.vars is not of the form http://127.0.0.1:4444/sql.')
  if (!URL.canParse(endpoint)) throw new Error('S3_ENDPOINT in .dev.vars is not a URL.')
  // Settings that are missing here have their defaults in wrangler.toml.
  const wrong = faultsOf(variables).filter(({ setting }) => setting in variables)
  if (wrong.length > 0) throw new Error(wrong.map(({ setting, words }) => `${setting} ${words}.`).join('\n'))
  const { username, pathname } = new URL(databaseUrl)
  const isGiven = given.includes('DATABASE_URL')
  const isOurDatabase = !isGiven && isHere(databaseUrl) && `${username}${pathname}` === 'scout/scout'
  if (!isGiven) forgetPostgresVariables()

  const network = await localNetwork(HOST)
  if (HOST && !network && !isLoopback(HOST))
    console.log(`HOST=${HOST} is not an IP address and is ignored: the stack listens on this machine only.`)
  const isOurStorage = isHere(endpoint)
  const port = Number(PORT)
  if (!/^\d+$/.test(PORT) || port < 1 || port > 65_535)
    throw new Error(`PORT is not a port number from 1 to 65535: ${PORT}.`)
  assertCallable({
    PORT: port,
    SQL_ENDPOINT: portOf(sqlEndpoint),
    ...(isOurStorage && { S3_ENDPOINT: portOf(endpoint) }),
  })
  variables.PUBLIC_URL ||= `http://localhost:${port}`
  if (isOurStorage && network) variables.S3_ENDPOINT = `http://${inUrl(network.address)}:${portOf(endpoint)}`
  return {
    port,
    network,
    databaseUrl,
    databaseNote: `${isOurDatabase ? 'psql takes' : 'from'} DATABASE_URL in ${isGiven ? 'the environment' : '.dev.vars'}`,
    isOurDatabase,
    sqlEndpoint,
    storage: {
      endpoint: variables.S3_ENDPOINT ?? '',
      isOurs: isOurStorage,
      bucket: variables.S3_BUCKET || 'scout-uploads',
      accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
    },
    variables,
  }
}

/** @throws an Error of one sentence if a server's port is blocked by browsers, or two servers have the same port */
function assertCallable(ports: Record<string, number>) {
  const names = new Map<number, string>()
  for (const [name, port] of Object.entries(ports)) {
    if (isBlocked(port))
      throw new Error(`Browsers and fetch refuse to call port ${port}, which ${name} names: choose another.`)
    const other = names.get(port)
    if (other)
      throw new Error(`${other} and ${name} name the same port, ${port}: choose another for one of them.`)
    names.set(port, name)
  }
}

function isHere(url: string) {
  return URL.canParse(url) && isLoopback(new URL(url).hostname)
}

function portOf(url: string) {
  const { port, protocol } = new URL(url)
  return Number(port || (protocol === 'http:' ? 80 : 5432))
}

async function assertNotRunning(sqlEndpoint: string) {
  const hello = await helloOf(sqlEndpoint)
  if (hello?.owner === ROOT)
    throw new Error(
      `\`npm run dev\` is running in this folder already, at ${hello.url} (process ${hello.pid}). Use that one, or end it by Ctrl-C in its terminal.`,
    )
}

async function throwDataAway() {
  await removePostgres(POSTGRES_FOLDER)
  await rm(LOCAL_FOLDER, { recursive: true, force: true })
}

async function migrate(databaseUrl: string) {
  try {
    const names = await applyMigrations(databaseUrl)
    return { note: names.length > 0 ? `${names.length} applied` : 'nothing to apply' }
  } catch (error) {
    const wayOut = 'If it is another that you mean, name that one in DATABASE_URL.'
    throw new Error(`${databaseName(databaseUrl)} can't be migrated: ${reasonOf(error)}. ${wayOut}`, {
      cause: error,
    })
  }
}

/** Starts the stand-in for Amazon SES, which prints mails, and returns the settings for it. */
async function ourMail() {
  const keys = {
    accessKeyId: randomBytes(10).toString('hex'),
    secretAccessKey: randomBytes(32).toString('hex'),
  }
  const region = 'us-east-1'
  const { endpoint } = await start('Mail', 'SES_ENDPOINT', () =>
    startMail({ ...keys, region, port: 0, onMail: printMail }),
  )
  return {
    MAIL_FROM: 'Scout <scout@example.com>',
    SES_REGION: region,
    SES_ENDPOINT: endpoint,
    AWS_SES_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SES_SECRET_ACCESS_KEY: keys.secretAccessKey,
  }
}

function printMail({ to, subject, text }: LocalMail) {
  const links = text.match(/https?:\S+/g) ?? []
  console.log(['', `Mail to ${to}: ${subject}`, ...links, ''].join('\n'))
}

/**
 * Starts a push service and the stand-in for Apple's, each if `.dev.vars` has no key for a real one; returns which run.
 */
async function ourPush(variables: Record<string, string>) {
  const { port, vapid, apnsKey } = await localPush(join(LOCAL_FOLDER, 'push.json'))
  variables.LOOPBACK_TARGETS ||= 'on'
  const named: string[] = []
  if (variables.VAPID_PUBLIC_KEY) named.push('browsers’ services')
  else {
    const { url } = await start('Push service', 'port in .local/push.json', () =>
      startPushService({ port, onShown: printShown }),
    )
    Object.assign(variables, vapid, { VAPID_SUBJECT: 'mailto:scout@example.com' })
    named.push(url)
  }
  if (variables.APNS_KEY) named.push('Apple')
  else {
    const app = { teamId: 'LOCALTEAM1', topic: 'com.example.scout' }
    const { environments: APNS_URL } = await start('APNs', 'APNS_URL', () =>
      startApns({ ...app, key: apnsKey, onShown: ({ aps }: AppleShown) => printShown(aps.alert) }),
    )
    const APNS_KEY = JSON.stringify(apnsKey)
    Object.assign(variables, { APNS_KEY, APNS_URL, APNS_TEAM_ID: app.teamId, APNS_TOPIC: app.topic })
  }
  return named.join(', ')
}

function printShown({ title, body }: Pick<Shown, 'title' | 'body'>) {
  console.log(`\nPhone: ${title}: ${body.replaceAll('\n', ' ')}\n`)
}

/** Starts a part, prints how long it took and remembers how to stop it. `variable` holds its port. */
async function start<T extends object>(name: string, variable: string, startPart: () => Promise<T>) {
  stopping.signal.throwIfAborted()
  const from = performance.now()
  const part = await advise(`Choose another for ${variable} in .dev.vars.`, startPart)
  if ('stop' in part) running.push(part as unknown as { stop(): Promise<unknown> })
  const note = 'note' in part ? `, ${part.note}` : ''
  console.log(
    `${`${name}${note}`.padEnd(32)} ${((performance.now() - from) / 1000).toFixed(1).padStart(5)} s`,
  )
  return part
}

/** Adds advice if a port or the folder is not available. */
async function advise<T>(advice: string, startPart: () => Promise<T>) {
  try {
    return await startPart()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).path) {
      const wayOut = 'Make .local a folder that this account may write to and that has room, or remove it.'
      throw new Error(`${reasonOf(error)}. ${wayOut}`, { cause: error })
    }
    const isOfPort = error instanceof PortInUse || error instanceof PortRefused
    throw isOfPort ? new Error(`${error.message} ${advice}`, { cause: error }) : error
  }
}

function networkNote({ address, others }: LocalNetwork, port: number) {
  const also = others.length > 0 ? `, also ${others.join(', ')}` : ''
  return `http://${inUrl(address)}:${port}${also} (for browsers on phones: docs/local-network.md)`
}

/** Starts the judge that this machine can run by itself, and returns the settings for it; none if it can run none. */
async function ourJudge() {
  const { url, model, fault, warning, exited } = await start('Judge', 'JUDGE_URL', startJudge)
  if (warning) console.log(warning)
  if (fault) {
    console.log(`The judge cannot run here: ${fault}`)
    return {}
  }
  exited.then(
    (words) =>
      stopping.signal.aborted || console.error(`${words} Pictures wait until you restart the stack.`),
  )
  return { JUDGE_URL: url, JUDGE_MODEL: model, JUDGE_API_KEY: '' }
}

function judgeIn({ JUDGE_URL, JUDGE_MODEL }: Record<string, string>, isOurs: boolean) {
  if (!JUDGE_URL) return 'none: pictures wait until .dev.vars names one in JUDGE_URL'
  const note = isOurs ? ', which knows 80 things; a vision model in .dev.vars knows more' : ''
  return `${JUDGE_MODEL} at ${JUDGE_URL}${note}`
}

function whereDataIs(isOurDatabase: boolean) {
  const folder = postgresFolder(POSTGRES_FOLDER)
  const isElsewhere = isOurDatabase && folder !== POSTGRES_FOLDER
  return isElsewhere ? `.local, and ${folder}, since PostgreSQL's user can't enter this folder` : '.local'
}
