import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { ROOT } from './dev-vars.ts'
import { LOOPBACK } from './net.ts'
import { endOnStop } from './stopping.ts'

const WORKERD = createRequire(import.meta.url)('workerd').default as string
const PLATFORM = join(import.meta.dirname, 'platform.mjs')

/** A built Worker. A binding that is not a string is JSON. `port` defaults to a free one. */
export type Service = { script: string; bindings: Record<string, unknown>; port?: number }

/**
 * Serves Workers with `workerd` itself, as Cloudflare runs it and without the layers of `wrangler dev`, each on its own port
 * on 127.0.0.1. They can reach only this machine. ASSETS is `dist/assets`; there is no rate-limit binding, so THROTTLE must
 * be off. Each has a queue in memory, and a cron that `ring` triggers. Their log is discarded. `flags` go to `workerd serve`.
 * Ends at the end of `await using`, or with this process on a signal; `kill` ends it at once, whatever it is doing.
 */
export async function startWorkerd<Name extends string>(
  services: Record<Name, Service>,
  flags: string[] = [],
) {
  const stop = endOnStop(async () => {
    child.kill()
    await exited
    await rm(folder, { recursive: true, force: true })
  })
  // Its configuration holds secrets; nobody else may enter a folder that is created this way.
  const folder = mkdtempSync(join(tmpdir(), 'scout-workerd-'))
  const file = join(folder, 'config.capnp')
  writeFileSync(file, await configuration(services))
  for (const [name, { script }] of Object.entries<Service>(services))
    copyFileSync(script, join(folder, `${name}.js`))
  copyFileSync(PLATFORM, join(folder, 'platform.js'))

  // The handlers for queues and crons need an experimental flag of workerd.
  const child = spawn(WORKERD, ['serve', file, '--control-fd=3', '--experimental', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => (words = `${words}${chunk}`.slice(0, 2_000)))
  const exited = once(child, 'exit')
  const sockets = Object.keys(services).flatMap((name) => [name, platformOf(name)])
  const ports = await Promise.race([listening(child.stdio[3] as Readable, sockets), exited])
  if (!(ports instanceof Map)) {
    await stop()
    throw new Error(`workerd did not start.\n${words}`)
  }
  const at = (socket: string) => `http://${LOOPBACK}:${ports.get(socket)}`
  return {
    url: (name: Name) => at(name),
    /** Triggers a cron, and resolves when all work that it started is done. */
    async ring(name: Name, cron: string) {
      const response = await fetch(`${at(platformOf(name))}/?${new URLSearchParams({ cron })}`)
      await response.body?.cancel()
    },
    async kill() {
      child.kill('SIGKILL')
      await stop()
    },
    cpuInSeconds: () => cpuInSeconds(child.pid!),
    [Symbol.asyncDispose]: stop,
  }
}

/** The service that is the platform of another. */
const platformOf = (name: string) => `the platform of ${name}`

/** The port of every socket, once all of them are open. */
async function listening(control: Readable, names: string[]) {
  const ports = new Map<string, number>()
  for await (const line of createInterface({ input: control })) {
    const { event, socket, port } = JSON.parse(line) as { event: string; socket: string; port: number }
    if (event === 'listen') ports.set(socket, port)
    if (names.every((name) => ports.has(name))) return ports
  }
  return undefined
}

/**
 * The CPU time of a process's threads, NaN if Linux does not report it. Per thread, the scheduler counts nanoseconds; `stat`,
 * for all threads, has only hundredths of a second.
 */
async function cpuInSeconds(pid: number) {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const times = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0')),
  )
  return times.reduce((sum, time) => sum + Number.parseInt(time, 10), 0) / 1e9 || NaN
}

/** A configuration in Cap'n Proto's text format, whose strings are close enough to JSON's. */
async function configuration(services: Record<string, Service>) {
  const { unstable_readConfig: readConfig } = await import('wrangler')
  const { compatibility_date, compatibility_flags, queues } = readConfig({
    config: join(ROOT, 'wrangler.toml'),
  })
  const text = (value: string) => JSON.stringify(value)
  const compatibility = (flags: string[]) => `
      compatibilityDate = ${text(String(compatibility_date))},
      compatibilityFlags = [${flags.map(text).join(', ')}]`
  const workers = Object.entries<Service>(services).flatMap(([name, { bindings }]) => {
    const platform = platformOf(name)
    const list = [
      '(name = "ASSETS", service = "assets")',
      ...queues.producers.map(
        ({ binding }: { binding: string }) => `(name = ${text(binding)}, queue = ${text(platform)})`,
      ),
      ...Object.entries(bindings).map(([binding, value]) =>
        typeof value === 'string'
          ? `(name = ${text(binding)}, text = ${text(value)})`
          : `(name = ${text(binding)}, json = ${text(JSON.stringify(value))})`,
      ),
    ]
    return [
      `(name = ${text(name)}, worker = (
      modules = [(name = "index.js", esModule = embed ${text(`${name}.js`)})],${compatibility(compatibility_flags)},
      globalOutbound = "this machine",
      bindings = [${list.join(', ')}]))`,
      `(name = ${text(platform)}, worker = (
      modules = [(name = "platform.js", esModule = embed "platform.js")],${compatibility(['service_binding_extra_handlers'])},
      bindings = [(name = "WORKER", service = ${text(name)})]))`,
    ]
  })
  const socket = (service: string, port = 0) =>
    `(name = ${text(service)}, address = "${LOOPBACK}:${port}", http = (), service = ${text(service)})`
  const sockets = Object.entries<Service>(services).flatMap(([name, { port }]) => [
    socket(name, port),
    socket(platformOf(name)),
  ])
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${workers.join(',\n    ')},
    (name = "assets", disk = (path = ${text(join(ROOT, 'dist/assets'))})),
    (name = "this machine", network = (allow = ["${LOOPBACK}/32"]))],
  sockets = [${sockets.join(', ')}]);
`
}
