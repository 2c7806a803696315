import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Calls `stop` once a signal asks this process to end. */
export function onStop(stop: (signal: NodeJS.Signals) => void) {
  for (const signal of SIGNALS) process.once(signal, stop)
  // A `kill` of npm ends the shell between it and this process, which does not pass the signal on.
  const shell = process.ppid
  if (process.env.npm_lifecycle_event)
    setInterval(() => process.ppid !== shell && stop('SIGTERM'), 200).unref()
}

const ends: (() => Promise<unknown>)[] = []

/**
 * Makes `end`, which ends something that this process started, run once: when it is called, or when a signal asks this
 * process to end. What started last ends first.
 */
export function endOnStop(end: () => Promise<unknown>) {
  let ended: Promise<unknown> | undefined
  const endOnce = async () => {
    await (ended ??= end())
  }
  if (ends.push(endOnce) === 1) onStop(endAll)
  return endOnce
}

async function endAll(signal: NodeJS.Signals) {
  // Errors from now on come from the parts that are already gone.
  process.on('uncaughtException', () => {})
  for (const end of ends.toReversed())
    await end().catch(({ message }: Error) => process.stderr.write(`${message}\n`))
  process.exit(128 + constants.signals[signal])
}
