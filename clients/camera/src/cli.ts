#!/usr/bin/env node
// camera pair | run | check | watch | schema
import { check } from './commands/check.ts'
import { pair } from './commands/pair.ts'
import { run } from './commands/run.ts'
import { watch } from './commands/watch.ts'
import { readConfig } from './config.ts'
import { help, schema } from './describe.ts'
import { sayTo } from './log.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
// The camera goes on if the reader of its log exits.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
const say = sayTo((line) => process.stdout.write(line))
const sayPlainly = sayTo((line) => process.stdout.write(line.slice(line.indexOf(' ') + 1)))
const [command = '', ...args] = process.argv.slice(2)

try {
  if (command === 'schema') process.stdout.write(`${JSON.stringify(schema(), null, 2)}\n`)
  else if (!['pair', 'run', 'check', 'watch'].includes(command) || args.includes('--help'))
    process.stdout.write(help())
  else await obey()
} catch (error) {
  sayTo((line) => process.stderr.write(line.slice(line.indexOf(' ') + 1)))((error as Error).message)
  process.exitCode = 1
}
// An upload on a dead network would go on for minutes.
if (stop.signal.aborted) process.exit()

async function obey() {
  const { config, positionals } = await readConfig(args)
  if (command === 'pair') await pair(config, positionals, sayPlainly)
  if (command === 'run') await run(config, say, stop.signal)
  if (command === 'watch') await watch(config, positionals, sayPlainly, stop.signal)
  if (command === 'check' && !(await check(config, sayPlainly, stop.signal))) process.exitCode = 1
}
