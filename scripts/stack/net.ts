import { randomInt } from 'node:crypto'
import type { Server as HttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { Server } from 'node:net'

export const LOOPBACK = '127.0.0.1'

/** Longer than any client keeps an idle connection, so that none is closed under a request. */
export const KEEP_ALIVE_IN_MILLISECONDS = 600_000

/** Whether a host name stands for this machine only. */
export const isLoopback = (hostname: string) => ['127.0.0.1', 'localhost', '[::1]', '::1'].includes(hostname)

/** Somebody listens to the port already. */
export class PortInUse extends Error {
  constructor(port: number) {
    super(`Port ${port} is in use.`)
  }
}

/** Ports that nobody listens to, below those that systems hand out to outgoing connections, so that they stay free. */
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

/** Throws PortInUse where somebody listens to it on 127.0.0.1. */
export async function assertPortIsFree(port: number) {
  const server = createServer()
  await listen(server, port)
  await new Promise((resolve) => server.close(resolve))
}

/** Listens on 127.0.0.1 and answers the port; 0 asks for any free one. Throws PortInUse. */
export async function listen(server: Server, port: number) {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortInUse(port) : new Error(`Port ${port}: ${error.message}.`))
    }
    server.once('error', refuse)
    server.listen(port, LOOPBACK, () => {
      server.off('error', refuse)
      resolve()
    })
  })
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('The server listens to no TCP port.')
  return address.port
}

/** Ends a server together with the connections that clients keep open to it. */
export async function close(server: HttpServer) {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
