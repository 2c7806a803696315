import { randomInt } from 'node:crypto'
import type { Server as HttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { Server } from 'node:net'

export const LOOPBACK = '127.0.0.1'

/** Longer than any client keeps an idle connection, so that none is closed during a request. */
export const KEEP_ALIVE_IN_MILLISECONDS = 600_000

/** Whether a host name means only this machine. */
export const isLoopback = (hostname: string) => ['127.0.0.1', 'localhost', '[::1]', '::1'].includes(hostname)

/** Another server already listens on the port. */
export class PortInUse extends Error {
  constructor(port: number) {
    super(`Port ${port} is in use.`)
  }
}

/** The system does not let this account listen on the port. */
export class PortRefused extends Error {
  constructor(port: number, cause: NodeJS.ErrnoException) {
    super(
      cause.code === 'EACCES'
        ? `Only root may listen to port ${port} here.`
        : `Port ${port}: ${cause.message}.`,
      {
        cause,
      },
    )
  }
}

/**
 * Whether browsers and `fetch` refuse to call this port, because another protocol uses it: the "bad ports" of the Fetch
 * standard.
 */
export const isBlocked = (port: number) => BLOCKED_PORTS.has(port)

const BLOCKED_PORTS = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
])

/** Free ports below those that systems use for outgoing connections, so that they stay free. */
export async function freePorts(count: number) {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = randomInt(20_000, 30_000)
    const isFree = await assertPortIsFree(port).then(
      () => true,
      () => false,
    )
    if (isFree) ports.add(port)
  }
  return [...ports]
}

/** Throws PortInUse if another server listens on it on 127.0.0.1, or on another host. */
export async function assertPortIsFree(port: number, host = LOOPBACK) {
  const server = createServer()
  await listen(server, port, host)
  await new Promise((resolve) => server.close(resolve))
}

/** Listens on 127.0.0.1, or another host, and returns the port; 0 asks for any free one. Throws PortInUse. */
export async function listen(server: Server, port: number, host = LOOPBACK) {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortInUse(port) : new PortRefused(port, error))
    }
    server.once('error', refuse)
    server.listen(port, host, () => {
      server.off('error', refuse)
      resolve()
    })
  })
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('The server listens to no TCP port.')
  return address.port
}

/** Closes a server and the connections that clients keep open to it. */
export async function close(server: HttpServer) {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
