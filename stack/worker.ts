import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { ROOT } from './dev-vars.ts'
import { inUrl, type LocalNetwork } from './local-network.ts'

export type WorkerOptions = {
  port: number
  /** How other machines reach it; only this one if missing. */
  network?: LocalNetwork | undefined
  /** Take precedence over `.dev.vars`, which Wrangler reads by itself. */
  variables: Record<string, string>
  /** Where a debugger connects: 9229 or a free one if missing, which two Workers that start at once may both take; 0 for a free one. */
  inspectorPort?: number
  /** Stops it, even during the start. */
  signal: AbortSignal
}

/**
 * Starts `wrangler dev`, which rebuilds the Worker when its source changes, and waits until it answers. The Worker's log and
 * build errors go to this process's output. `exited` resolves when it has ended, for whatever reason.
 */
export async function startWorker({ port, network, variables, inspectorPort, signal }: WorkerOptions) {
  const local = join(ROOT, '.local')
  const child = fork(
    createRequire(import.meta.url).resolve('wrangler'),
    [
      'dev',
      '--port',
      String(port),
      ...(network ? ['--ip', network.host] : []),
      ...(inspectorPort === undefined ? [] : ['--inspector-port', String(inspectorPort)]),
      '--show-interactive-dev-session=false',
    ],
    {
      cwd: ROOT,
      execArgv: [
        '--no-warnings',
        '--import',
        pathToFileURL(join(import.meta.dirname, 'worker-preload.ts')).href,
      ],
      env: {
        ...process.env,
        SCOUT_VARIABLES: JSON.stringify(variables),
        // Wrangler's build must find the Node that runs this.
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        FORCE_COLOR: process.stdout.isTTY ? '1' : '0',
        WRANGLER_HIDE_BANNER: 'true',
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_LOG_PATH: join(local, 'wrangler.log'),
        WRANGLER_REGISTRY_PATH: join(local, 'registry'),
        CLOUDFLARE_CF_FETCH_ENABLED: 'false',
        // The shell's choice of an environment is for deployments.
        CLOUDFLARE_ENV: undefined,
      },
      // No hot keys, and a process group of its own: we handle Ctrl-C.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    },
  )
  // Until the Worker answers, Wrangler prints only its own messages, unless the build fails.
  const held: Buffer[] = []
  const hold = (text: Buffer) => (text.includes('ERROR') ? process.stderr.write(text) : held.push(text))
  child.stdout?.on('data', hold)
  child.stderr?.on('data', hold)

  const exited = once(child, 'exit').then(([code]) => {
    killGroup(child.pid)
    return Number(code ?? 1)
  })
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
  }
  signal.addEventListener('abort', stop, { once: true })

  const isEverywhere = !network || network.address !== network.host
  const url = `http://${isEverywhere ? 'localhost' : inUrl(network.address)}:${port}`
  // Its message comes when the port is open; the first answer when the Worker has been built and runs.
  const ready = once(child, 'message').then(() => answers(`${url}/healthz`, signal))
  if (!(await Promise.race([ready, exited.then(() => false)]))) {
    throw new Error(`The Worker did not start.\n${Buffer.concat(held)}`.trim())
  }
  await setTimeout(100)
  child.stdout?.removeListener('data', hold).pipe(process.stdout)
  child.stderr?.removeListener('data', hold).pipe(process.stderr)
  /** Ends it at once, whatever it is doing. */
  const kill = async () => {
    killGroup(child.pid)
    await exited
  }
  return { url, exited, stop, kill }
}

/** Ends what a Wrangler that was killed left behind: the runtime is a process of its own. */
function killGroup(pid = 0) {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing is left, or this system has no process groups.
  }
}

function answers(url: string, signal: AbortSignal) {
  return fetch(url, { signal }).then(
    () => true,
    () => false,
  )
}
