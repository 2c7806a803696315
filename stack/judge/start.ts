import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** The first message of the process: where it listens, or why it can't. */
type Said = { url: string; model: string; warning: string | null } | { fault: string }

/**
 * Starts the judge that this machine can run by itself, in its own process. `fault` says why there is none, `warning` why it
 * is slow; `exited` resolves if it ends by itself.
 */
export async function startJudge() {
  const child = fork(join(import.meta.dirname, 'process.ts'), {
    execArgv: ['--no-warnings'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Ctrl-C goes to the parent, which then stops it.
    detached: true,
  })
  const exited = once(child, 'exit').then(
    ([code, signal]) => `The judge ended by itself (${signal ?? `exit code ${code}`}).`,
  )
  const ready = once(child, 'message').then(([said]) => said as Said)
  const said = await Promise.race([ready, exited.then((fault) => ({ fault }))])
  const stop = async () => {
    child.kill()
    await exited
  }
  if ('fault' in said) await stop()
  return { url: '', model: '', warning: null, fault: null, ...said, exited, stop }
}
