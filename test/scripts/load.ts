// The parts of a load test in a separate process, which reports its ports and runs until it is stopped.
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startDatabase } from '../../bench/kit/stack.ts'
import { startWorkerd } from '../../stack/workerd.ts'

const script = join(tmpdir(), 'hello.js')
await writeFile(script, `export default { fetch: () => new Response('hello') }`)
await using database = await startDatabase({ isDurable: false })
await using server = await startWorkerd({ hello: { script, bindings: database.bindings } })
const urls = [database.url, database.bindings.SQL_ENDPOINT, server.url('hello')]
console.log(JSON.stringify(urls.map((url) => Number(new URL(url).port))))
await setTimeout(60_000)
