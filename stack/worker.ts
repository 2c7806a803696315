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
  /** Where other machines reach it; this one only where it is missing. */
  network?: LocalNetwork | undefined
  /** Win over `.dev.vars`, which Wrangler reads by itself. */
  variables: Record<string, string>
  /** Stops it, also while it is starting. */
  signal: AbortSignal
}

/**
 * Starts `wrangler dev`, which rebuilds the Worker when its source changes, and waits until it answers. What the Worker
 * logs and why it does not build goes to this process's output. `exited` answers when it has ended, whatever the reason.
 */
export async function startWorker({ port, network, variables, signal }: WorkerOptions) {
  const local = join(ROOT, '.local')
  const child = fork(
    createRequire(import.meta.url).resolve('wrangler'),
    [
      'dev',
      '--port',
      String(port),
      ...(network ? ['--ip', network.host] : []),
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
        // The build that Wrangler runs is to find the Node that runs this.
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        FORCE_COLOR: process.stdout.isTTY ? '1' : '0',
        WRANGLER_HIDE_BANNER: 'true',
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_LOG_PATH: join(local, 'wrangler.log'),
        WRANGLER_REGISTRY_PATH: join(local, 'registry'),
        CLOUDFLARE_CF_FETCH_ENABLED: 'false',
        // The shell's choice of an environment is about deployments.
        CLOUDFLARE_ENV: undefined,
      },
      // No hot keys, and in a process group of its own: Ctrl-C is ours to handle.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    },
  )
  // Until the Worker answers, Wrangler speaks of its own ways only, unless the build fails.
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
  // Its message comes when the port is open; the first answer, when the Worker has been built and runs.
  const ready = once(child, 'message').then(() => answers(`${url}/healthz`, signal))
  if (!(await Promise.race([ready, exited.then(() => false)]))) {
    throw new Error(`The Worker did not start.\n${Buffer.concat(held)}`.trim())
  }
  await setTimeout(100)
  child.stdout?.removeListener('data', hold).pipe(process.stdout)
  child.stderr?.removeListener('data', hold).pipe(process.stderr)
  /** Ends it at once, in the middle of whatever it does. */
  const kill = async () => {
    killGroup(child.pid)
    await exited
  }
  return { url, exited, stop, kill }
}

/** Ends what a Wrangler that did not end by itself left behind: the runtime is a process of its own. */
function killGroup(pid = 0) {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing is left, or this system has no groups.
  }
}

function answers(url: string, signal: AbortSignal) {
  return fetch(url, { signal }).then(
    () => true,
    () => false,
  )
}
