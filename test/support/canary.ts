import { afterAll, inject } from 'vitest'
import { log } from '../../src/log.ts'

declare global {
  /** Sends the runner what this isolate has logged of requests. */
  var sendLines: (() => void) | undefined
}

/** A message to the runner costs half as much as a request, so the lines of a file's requests go there together. */
function holdLines() {
  const lines: unknown[] = []
  const print = console.log
  console.log = (line: unknown, ...more: unknown[]) =>
    /^\{"event":"(request|canary)"/.test(String(line)) ? void lines.push(line) : print(line, ...more)
  return () => print(lines.splice(0).join('\n'))
}

afterAll((globalThis.sendLines ??= holdLines()))

// In every file: the search for secrets in the log must find this one, or it searches nothing.
log.info({ event: 'canary', secret: inject('canary') })
