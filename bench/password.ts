// npm run bench:password: the time in which the Worker's own runtime verifies a password hashed by the Django service, and
// one of ours. The first of two runs compiles and does not count.
import { pbkdf2Sync } from 'node:crypto'
import { join } from 'node:path'
import { unstable_startWorker as startWorker } from 'wrangler'

const PASSWORD = 'plain-sailing-77'
const ROUNDS = [600_000, 870_000, 1_200_000]

const worker = await startWorker({
  config: join(import.meta.dirname, '../wrangler.toml'),
  entrypoint: join(import.meta.dirname, '../test/support/password-worker.ts'),
  dev: { logLevel: 'none', server: { port: 0 }, watch: false, inspector: false },
})
for (const rounds of ROUNDS) {
  const hash = pbkdf2Sync(PASSWORD, 'seasalt', rounds, 32, 'sha256').toString('base64')
  await measure(`Django's, ${rounds.toLocaleString('en')} rounds`, `pbkdf2_sha256$${rounds}$seasalt$${hash}`)
}
await measure('ours', '')
await worker.dispose()

async function measure(name: string, stored: string) {
  let milliseconds = 0
  for (let run = 0; run < 2; run++) {
    const response = await worker.fetch('http://bench/', { method: 'POST', body: stored })
    const answer = (await response.json()) as { isRight: boolean; milliseconds: number }
    if (!answer.isRight) throw new Error('a good password was refused')
    milliseconds = answer.milliseconds
  }
  console.log(`${name}: ${milliseconds} ms`)
}
