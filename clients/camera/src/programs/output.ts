import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program failed; the message has its name and the end of its error output. */
export class ProgramFailed extends Error {
  readonly isMissing: boolean
  constructor(message: string, isMissing = false) {
    super(message)
    this.isMissing = isMissing
  }
}

/**
 * Runs a program with a guard that kills it when this process is gone, however it ended: the guard's input closes then. The program itself
 * would not notice, since a stalled one never writes to the closed pipe.
 */
const GUARDED = `exec 3<&0
"$@" </dev/null 3<&- & child=$!
{ while read -r _ <&3; do :; done; kill -KILL 0; } >/dev/null 2>&1 & guard=$!
wait $child; code=$?
kill -KILL $guard 2>/dev/null
exit $code`
/** The shell's exit code for a missing program. */
const MISSING = 127
const LAST_WORDS = 512

/**
 * Yields the output of a program as it comes. The program and its children are killed if it is silent for too long, if the reader stops,
 * and on `stop`. Throws ProgramFailed if it is silent for too long, or if it exits with an error.
 */
export async function* outputOf([program = '', ...args]: string[], silenceInMs: number, stop: AbortSignal) {
  const child = spawn('/bin/sh', ['-c', GUARDED, 'sh', program, ...args], { detached: true, stdio: 'pipe' })
  const ended = once(child, 'close')
  ended.catch(() => {}) // reported below
  let words = ''
  let isSilent = false
  child.stdin.on('error', () => {})
  child.stderr.on('data', (bytes: Buffer) => (words = (words + String(bytes)).slice(-LAST_WORDS)))
  const kill = () => endGroup(child.pid)
  const watch = () => setTimeout(() => ((isSilent = true), kill()), silenceInMs)
  let watchdog = watch()
  stop.addEventListener('abort', kill)
  if (stop.aborted) kill()
  try {
    for await (const bytes of child.stdout) {
      clearTimeout(watchdog) // the reader may take its time
      yield bytes as Buffer
      watchdog = watch()
    }
    const [code] = await ended
    if (isSilent) throw new ProgramFailed(`${program} wrote nothing for ${silenceInMs / 1000} s.`)
    if (code === MISSING) throw new ProgramFailed(`${program} is not installed.`, true)
    if (code !== 0 && !stop.aborted)
      throw new ProgramFailed(`${program} failed: ${words.trim() || `code ${code}`}`)
  } finally {
    clearTimeout(watchdog)
    stop.removeEventListener('abort', kill)
    kill()
    await ended.catch(() => {})
  }
}

/** Kills a process and its children, if any are left. */
function endGroup(pid: number | undefined) {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
