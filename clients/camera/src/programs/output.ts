import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program could not go on; its message says which one, and the last of its own words. */
export class ProgramFailed extends Error {
  readonly isMissing: boolean
  constructor(message: string, isMissing = false) {
    super(message)
    this.isMissing = isMissing
  }
}

/**
 * Runs a program beside one that ends it when this process is gone, however that ended: then nobody holds the other end of its input.
 * The program itself cannot tell: a stalled one never writes to the closed pipe.
 */
const GUARDED = `exec 3<&0
"$@" </dev/null 3<&- & child=$!
{ while read -r _ <&3; do :; done; kill -KILL 0; } >/dev/null 2>&1 & guard=$!
wait $child; code=$?
kill -KILL $guard 2>/dev/null
exit $code`
/** The shell's word for a program that is not there. */
const MISSING = 127
const LAST_WORDS = 512

/**
 * What a program writes, as it comes. It is killed with all its children when it is silent for too long, when the reader leaves, and on
 * `stop`. Throws ProgramFailed for the first, and where it ends by a fault.
 */
export async function* outputOf([program = '', ...args]: string[], silenceInMs: number, stop: AbortSignal) {
  const child = spawn('/bin/sh', ['-c', GUARDED, 'sh', program, ...args], { detached: true, stdio: 'pipe' })
  const ended = once(child, 'close')
  ended.catch(() => {}) // told below
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
    if (isSilent) throw new ProgramFailed(`${program} gave nothing for ${silenceInMs / 1000} s.`)
    if (code === MISSING) throw new ProgramFailed(`${program} is not installed.`, true)
    if (code !== 0 && !stop.aborted)
      throw new ProgramFailed(`${program} ended: ${words.trim() || `code ${code}`}`)
  } finally {
    clearTimeout(watchdog)
    stop.removeEventListener('abort', kill)
    kill()
    await ended.catch(() => {})
  }
}

/** Ends a process and its children, where there are any left. */
function endGroup(pid: number | undefined) {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
