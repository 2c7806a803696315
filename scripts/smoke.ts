// npm run smoke -- https://scout.example.com: tries a deployment from sign-up to push, and deletes what it made. `-- --help` lists
// the options. Ends with 1 where something is not as it should be.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { optionsOf, refuse } from '../stack/options.ts'
import { journey } from './smoke/journey.ts'
import { Broken, newReport } from './kit/report.ts'
import { newVisitor } from './smoke/visitor.ts'
import { originOf } from './kit/origin.ts'

const USAGE = `usage: npm run smoke -- <URL> [--webhook <URL>] [--ntfy <URL>] [--announce] [--patience <seconds>]

<URL>        where the service answers: https://scout.example.com, http://localhost:8787
--webhook    sends a test push to this https address
--ntfy       sends a test push to this topic: https://ntfy.sh/…
--announce   has the camera announce its picture, for a deployment whose bucket does not tell
--patience   how long to wait for a picture, a verdict, a push and the erasure, each; 60`

const { baseUrl, ...options } = readOptions()
const photo = await readFile(join(import.meta.dirname, 'photos/cat.jpg'))
const report = newReport()
const visitor = newVisitor(baseUrl)

// Ctrl-C ends the journey and not the process, which has to delete the account.
const stopping = new AbortController()
process.once('SIGINT', () => stopping.abort()).once('SIGTERM', () => stopping.abort())

console.log(`Trying ${baseUrl} as ${visitor.email}.\n`)
try {
  await tried(journey(visitor, photo, options, report, stopping.signal))
} finally {
  await leave()
}
// The phone's push service, if there is one, would wait for more.
process.exit(report.end())

/** Deletes the account, whatever happened before, and says how staff can where that fails. */
async function leave() {
  if (!visitor.isThere()) return
  await tried(
    report.step('the account is deleted', 'privacy.md#deletion', () => visitor.leave()),
    `Delete ${visitor.email} at ${baseUrl}/admin/users/user/.`,
  )
  if (visitor.pictures.length === 0) return
  await tried(
    report.step('its picture is erased from the bucket', 'privacy.md#deletion', () =>
      visitor.untilErased(options.patienceInMs),
    ),
    'Each hour tries again; `erasure_failed` in the log says why it fails.',
  )
}

/** Goes on after a step that broke, which has said so itself. */
async function tried(work: Promise<unknown>, advice = '') {
  try {
    await work
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    if (advice) console.log(`       ${advice}`)
  }
}

function readOptions() {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values, positionals } = optionsOf(USAGE, {
    allowPositionals: true,
    options: { webhook: text, ntfy: text, announce: flag, patience: text },
  })
  try {
    const [url = ''] = positionals
    const seconds = Number(values.patience ?? 60)
    if (positionals.length !== 1) throw new Error('Name the URL of the service.')
    const baseUrl = originOf(url)
    if (!(seconds > 0)) throw new Error(`--patience takes seconds, not ${values.patience}.`)
    const targets = [
      ...(values.webhook ? [{ kind: 'webhook', url: values.webhook } as const] : []),
      ...(values.ntfy ? [{ kind: 'ntfy', url: values.ntfy } as const] : []),
    ]
    return { baseUrl, targets, isAnnounced: values.announce, patienceInMs: seconds * 1000 }
  } catch (error) {
    return refuse(error, USAGE)
  }
}
