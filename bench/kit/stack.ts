import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fault, Recorded } from '../../stack/control.ts'
import { ROOT } from '../../stack/dev-vars.ts'
import { applyMigrations } from '../../stack/migrations.ts'
import { freePorts, LOOPBACK } from '../../stack/net.ts'
import { startPostgres } from '../../stack/postgres.ts'
import { endOnStop } from '../../stack/stopping.ts'
import { fail } from '../../stack/words.ts'

const secret = () => randomBytes(32).toString('hex')

/**
 * PostgreSQL 18 in its own folder, with the SQL endpoint in front of it. `bindings` are those of the deployed Worker, except
 * for the parts around it, the throttles, which load would hit, and tokens that last the whole run. Everything ends and its
 * data is deleted at the end of `await using`, or with this process, even if that is killed.
 */
export async function startDatabase({ isDurable = true } = {}) {
  const [port = 0] = await freePorts(1)
  let isStopping = false
  // Before there is anything to end: a signal without a handler ends a process at once.
  const stop = endOnStop(async () => {
    isStopping = true
    await starting.catch(() => {})
    endpoint.disconnect()
    await exited
  })
  const folder = mkdtempSync(join(tmpdir(), 'scout-load-'))
  // Root's PostgreSQL runs as another user, who must be able to enter.
  chmodSync(folder, 0o755)
  const options = { folder: join(folder, 'postgres'), port, password: secret(), isDurable }
  let starting = startPostgres(options)
  // In a process group of its own: we handle Ctrl-C.
  const endpoint = fork(join(import.meta.dirname, 'endpoint.ts'), [folder], { detached: true })
  const exited = once(endpoint, 'exit')
  endpoint.once('exit', () => {
    if (!isStopping) fail('The SQL endpoint ended by itself.')
  })

  const [[{ url, controlUrl }], postgres, { unstable_readConfig: readConfig }] = await Promise.all([
    once(endpoint, 'message') as Promise<[{ url: string; controlUrl: string }]>,
    starting,
    // It takes as long to load as PostgreSQL takes to start.
    import('wrangler'),
  ])
  await applyMigrations(postgres.url)
  const { vars } = readConfig({ config: join(ROOT, 'wrangler.toml') })

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
      PUBLIC_URL: 'https://scout.test',
      THROTTLE: 'off',
      ACCESS_TOKEN_LIFETIME_IN_SECONDS: '86400',
    },
    async breakSql(fault: Fault) {
      await fetch(`${controlUrl}/faults`, { method: 'POST', body: JSON.stringify(fault) })
    },
    async mendSql() {
      await fetch(`${controlUrl}/faults`, { method: 'DELETE' })
    },
    /** The statements with an `X-Request-Id`; `none` is for work without a request. */
    statementsOf: async (id: string) =>
      (await fetch(`${controlUrl}/statements?request=${id}`)).json() as Promise<Recorded[]>,
    stopPostgres: postgres.stop,
    async restartPostgres() {
      if (!isStopping) await (starting = startPostgres(options))
    },
    [Symbol.asyncDispose]: stop,
  }
}
