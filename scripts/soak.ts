// npm run soak [-- --seconds 600]: full load while the database fails in every way, then every row is checked.
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startDatabase } from './bench/stack.ts'
import { checkRows } from './soak/check.ts'
import { injectFaults } from './soak/faults.ts'
import { client, type Tally } from './soak/client.ts'
import { buildWorker } from './stack/bundle.ts'
import { fail } from './stack/words.ts'
import { startWorkerd } from './stack/workerd.ts'

const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '600' } } })
