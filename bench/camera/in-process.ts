import { fork } from 'node:child_process'
import { join } from 'node:path'

/** As docs/cameras.md has it for systemd. */
export const UNIT = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
  NODE_OPTIONS: '--max-semi-space-size=4',
}

/**
 * Runs a part of the bench in its own process, whose processor time and memory are only the camera's; resolves with what it
 * sends.
 */
export function inProcess<T>(part: string, args: string[], settings: Record<string, string> = {}) {
  const child = fork(join(import.meta.dirname, `${part}.ts`), args, {
    env: { ...process.env, ...UNIT, ...settings },
  })
  return new Promise<T>((resolve, reject) => {
    child.once('message', (message) => resolve(message as T))
    child.once('exit', (code) => reject(new Error(`${part} ended with ${code}.`)))
  })
}
