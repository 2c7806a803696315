import { afterAll, inject } from 'vitest'
import { log } from '../../src/log.ts'

declare global {
  /** Sends the runner this isolate's log lines of requests. */
  var sendLines: (() => void) | undefined
}

/** Log lines are sent to the runner in one batch per file: a message costs half as much as a request. */
function holdLines() {
  const lines: unknown[] = []
  const print = console.log
  console.log = (line: unknown, ...more: unknown[]) =>
    /^\{"event":"(request|canary)"/.test(String(line)) ? void lines.push(line) : print(line, ...more)
  return () => print(lines.splice(0).join('\n'))
}

afterAll((globalThis.sendLines ??= holdLines()))

// Every file logs this canary: if the search for secrets does not find it, the search is broken.
log.info({ event: 'canary', secret: inject('canary') })
