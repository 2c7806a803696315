import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIP, isIPv4, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { isLoopback } from './net.ts'

/** Listening on these makes a server reachable at every address of the machine. */
const EVERY_ADDRESS = ['0.0.0.0', '::']

/** Any outside address: a UDP socket connected to it sends nothing, but knows its own address. */
const OUTSIDE = '198.51.100.1'

/** How other machines of the local network reach this one. */
export type LocalNetwork = {
  /** The address to listen on: one, or all. */
  host: string
  /** The address to give to others. */
  address: string
  /** The other addresses of this machine. */
  others: string[]
}

/**
 * The network that HOST asks for: undefined if that is only this machine, as without it. A HOST that is not an IP address is
 * ignored, because some shells and tools set one to a name of their own.
 * @throws an Error of one sentence if HOST is the address of another machine
 */
export async function localNetwork(host = ''): Promise<LocalNetwork | undefined> {
  if (isIP(host) === 0 || isLoopback(host)) return undefined
  const addresses = addressesOfThisMachine()
  if (!EVERY_ADDRESS.includes(host)) {
    if (addresses.includes(host)) return { host, address: host, others: [] }
    throw new Error(
      `HOST is not an address of this machine: ${host}. It has ${addresses.join(', ') || 'none'}; HOST=0.0.0.0 is all of IPv4.`,
    )
  }
  const reachable = addresses.filter((address) => host === '::' || isIPv4(address))
  const towardsOutside = await addressTowardsOutside()
  const address = reachable.find((address) => address === towardsOutside) ?? reachable[0]
  if (!address) throw new Error(`HOST=${host} leads nowhere: this machine is in no network.`)
  return { host, address, others: reachable.filter((other) => other !== address) }
}

/** An address as written in a URL. */
export const inUrl = (address: string) => (isIPv6(address) ? `[${address}]` : address)

/** IPv4 first. Link-local addresses are left out: in a URL they would need the name of an interface. */
function addressesOfThisMachine() {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address)
    .toSorted((a, b) => isIP(a) - isIP(b))
}

/** The address that this machine has towards the outside, not one of its virtual networks. */
async function addressTowardsOutside() {
  const socket = createSocket('udp4')
  try {
    socket.connect(9, OUTSIDE)
    await once(socket, 'connect')
    return socket.address().address
  } catch {
    return undefined
  } finally {
    socket.close()
  }
}
