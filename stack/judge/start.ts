import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** What the process says when it is there: where, or why not. */
type Said = { url: string; model: string; warning: string | null } | { fault: string }

/**
 * Starts the judge that this machine can run by itself, in a process of its own. `fault` says why there is none, `warning` why it is slow;
 * `exited` answers where it ended by itself.
 */
export async function startJudge() {
  const child = fork(join(import.meta.dirname, 'process.ts'), {
    execArgv: ['--no-warnings'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Ctrl-C is for the parent, which stops it in its turn.
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
