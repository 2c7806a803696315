import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unstable_readConfig as readConfig } from 'wrangler'
import type { Fault } from '../stack/control.ts'
import { ROOT } from '../stack/dev-vars.ts'
import { applyMigrations } from '../stack/migrations.ts'
import { freePorts, LOOPBACK } from '../stack/net.ts'
import { removePostgres, startPostgres } from '../stack/postgres.ts'
import { fail } from '../stack/words.ts'

const secret = () => randomBytes(32).toString('hex')

/**
 * PostgreSQL 18 in a folder of its own and the SQL endpoint in front of it; `bindings` are those of the Worker as
 * deployed, but for the parts around it, for limits, which load would meet, and for tokens that last the whole run. All of it
 * ends, and its data goes, where `await using` does.
 */
export async function startDatabase() {
  const folder = await mkdtemp(join(tmpdir(), 'scout-load-'))
  // Root's PostgreSQL runs as another user, who must get in.
  await chmod(folder, 0o755)
  const [port = 0] = await freePorts(1)
  const options = { folder: join(folder, 'postgres'), port, password: secret() }
  let postgres = await startPostgres(options)
  await applyMigrations(postgres.url)

  const endpoint = fork(join(import.meta.dirname, 'endpoint.ts'))
  let isStopping = false
  endpoint.once('exit', () => {
    if (!isStopping) fail('The SQL endpoint ended by itself.')
  })
  const [{ url, controlUrl }] = (await once(endpoint, 'message')) as [{ url: string; controlUrl: string }]
  const { vars } = readConfig({ config: join(ROOT, 'wrangler.toml'), env: 'production' })

  return {
    url: postgres.url,
    bindings: {
      ...vars,
      DATABASE_URL: postgres.url,
      SQL_ENDPOINT: url,
      JWT_SECRET: secret(),
      AWS_ACCESS_KEY_ID: secret().slice(0, 20),
      AWS_SECRET_ACCESS_KEY: secret(),
      S3_ENDPOINT: `http://${LOOPBACK}:4568`,
      THROTTLE: 'off',
      ACCESS_TOKEN_LIFETIME_IN_SECONDS: '86400',
    },
    async breakSql(fault: Fault) {
      await fetch(`${controlUrl}/faults`, { method: 'POST', body: JSON.stringify(fault) })
    },
    async mendSql() {
      await fetch(`${controlUrl}/faults`, { method: 'DELETE' })
    },
    stopPostgres: () => postgres.stop(),
    async restartPostgres() {
      postgres = await startPostgres(options)
    },
    async [Symbol.asyncDispose]() {
      isStopping = true
      endpoint.disconnect()
      await once(endpoint, 'exit')
      await removePostgres(options.folder)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
