// npm run soak [-- --seconds 600]: full load while the database fails in every way, and pictures are put and judged while the
// bucket, the judge, the push services and the Worker fail too. Then it checks every row.
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { startDatabase } from './kit/stack.ts'
import { number, printTable } from './kit/table.ts'
import { send } from './kit/world.ts'
import { runClient, signUp, type Tally } from './soak/client.ts'
import { injectFaults } from './soak/faults.ts'
import { createLedger, judge } from './soak/ledger.ts'
import { startPictures } from './soak/pictures.ts'
import { buildWorker } from '../stack/bundle.ts'
import { optionsOf } from '../stack/options.ts'
import { startWorkerd } from '../stack/workerd.ts'

const { values: options } = optionsOf('usage: npm run soak -- [--seconds 600]', {
  options: { seconds: { type: 'string', default: '600' } },
})
const CLIENTS = 16
/** Longer than any statement may take after its caller has given up. */
const SETTLING_IN_MS = 6_000
const IS_OTHERS = 'owner_id not in (select id from users where email = any($1))'

const { script } = await buildWorker('bundle')
await using database = await startDatabase()
await using server = await startWorkerd({ scout: { script, bindings: database.bindings } })
await using pictures = await startPictures(database, script)

const ledger = createLedger()
const tally: Tally = { answers: new Map(), unexpected: [], slowestInMs: 0 }
const origin = server.url('scout')
const people = []
while (people.length < CLIENTS) people.push(await signUp(origin, ledger))
const start = performance.now()
const isOver = () => performance.now() - start > Number(options.seconds) * 1000
const clients = people.map((person) => runClient(origin, person, ledger, tally, isOver))
const { access: token } = await signUp(origin, ledger)
const isWell = () =>
  send(origin, { path: '/v1/cameras/', token }).then(
    () => true,
    () => false,
  )
const judging = pictures.run(isOver)
const faults = await injectFaults(database, isWell, isOver)
await Promise.all(clients)
const took = (performance.now() - start) / 1000
const [{ pictures: judged, pushes }] = await Promise.all([judging, wait(SETTLING_IN_MS)])

const verdict = judge(ledger.entries, await readRows(pictures.emails))
printTable(
  ['', ''],
  [
    ['seconds', number(took)],
    ['faults', number(faults.count)],
    ['requests', number(Array.from(tally.answers.values()).reduce((sum, count) => sum + count, 0))],
    ...Array.from(tally.answers, ([status, count]) => [`answered ${status}`, number(count)]).sort(),
    ['slowest answer, ms', number(tally.slowestInMs)],
    [`slowest recovery, ms, after ${faults.slowest.after}`, number(faults.slowest.recoveryInMs)],
    ...Object.entries(verdict).map(([name, count]) => [name, number(count)]),
    ['unexpected', number(tally.unexpected.length)],
  ],
)
const wrong = [...judged.wrong, ...pushes.wrong]
for (const [name, { wrong, ...counts }] of Object.entries({ pictures: judged, pushes }))
  printTable(
    [name, ''],
    [...Object.entries(counts), ['not as it must be', wrong.length] as const].map(([what, count]) => [
      what,
      number(count),
    ]),
  )
for (const line of [...tally.unexpected.slice(0, 20), ...wrong.slice(0, 20)]) console.log(line)
const failures = [verdict, judged, pushes].map(({ lost, doubled }) => lost + doubled)
const areLeft = pushes['phones that are gone and not forgotten'] > 0
if (failures.some(Boolean) || areLeft || tally.unexpected.length + wrong.length > 0) process.exitCode = 1

/** The texts of the rows of each table, by the key that each text begins with; without accounts with these emails. */
async function readRows(emails: string[]) {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  const read = async (column: string, table: string, where: string) => {
    const rows = new Map<string, string[]>()
    const result = await client.query(`select ${column} as text from ${table} where ${where}`, [emails])
    for (const { text } of result.rows as { text: string }[]) {
      const key = text.split(' ')[0]!
      rows.set(key, [...(rows.get(key) ?? []), text])
    }
    return rows
  }
  const cameras = await read('location', 'camera_camera', IS_OTHERS)
  const rules = await read('rule', 'rules_rule', IS_OTHERS)
  const users = await read('email', 'users', 'email <> all($1)')
  await client.end()
  return { cameras, rules, users }
}
