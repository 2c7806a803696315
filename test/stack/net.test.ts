import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { localNetwork } from '../../stack/local-network.ts'
import { isBlocked, listen } from '../../stack/net.ts'

const refusalOf = (port: number) =>
  fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(2_000) }).then(
    () => undefined,
    (error) => error.cause?.message,
  )

it('knows the ports that fetch refuses to call', async () => {
  const ports = Array.from({ length: 65_536 }, (_, port) => port).filter(isBlocked)
  const refusals = await Promise.all(ports.map(refusalOf))
  expect(new Set(refusals)).toEqual(new Set(['bad port']))
  expect(ports).toHaveLength(82)
  for (const port of [81, 5_999, 6_001, 8_787]) expect(await refusalOf(port)).not.toBe('bad port')
})

it.each(['', 'localhost', '127.0.0.1', '::1', 'x86_64-conda-linux-gnu', 'mac.local'])(
  'stays on this machine where HOST is "%s"',
  async (host) => expect(await localNetwork(host)).toBeUndefined(),
)

it('refuses the address of another machine', async () => {
  await expect(localNetwork('203.0.113.9')).rejects.toThrow(
    /^HOST is not an address of this machine: 203\.0\.113\.9\. It has /,
  )
})

it('names one address of the machine, the one towards everybody else, and takes it as HOST too', async () => {
  const everywhere = await localNetwork('0.0.0.0').catch((error: Error) => error.message)
  if (typeof everywhere === 'string')
    return expect(everywhere).toBe('HOST=0.0.0.0 leads nowhere: this machine is in no network.')
  const { address, others } = everywhere!
  const server = createServer()
  onTestFinished(() => void server.close())

  expect(await localNetwork(address)).toEqual({ host: address, address, others: [] })
  expect(await listen(server, 0, address)).toBeGreaterThan(0)
  expect(others).not.toContain(address)
  expect([address, ...others].filter((one) => /^127\.|:/.test(one))).toEqual([])
})
