import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIP, isIPv4, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { isLoopback } from './net.ts'

/** What a server listens on so that every address of the machine leads to it. */
const EVERY_ADDRESS = ['0.0.0.0', '::']

/** Any address outside; a socket that is pointed there sends nothing, and knows from which address it would. */
const OUTSIDE = '198.51.100.1'

/** Where other machines of the local network find this one. */
export type LocalNetwork = {
  /** What to listen on: one address, or every one. */
  host: string
  /** The address to name to others. */
  address: string
  /** The other ones that lead here. */
  others: string[]
}

/**
 * What HOST asks for: undefined where that is this machine only, as without it. A HOST that is no IP address is passed over,
 * since some shells and tools set one to a name of their own.
 * @throws an Error of one sentence, where HOST is the address of another machine
 */
export async function localNetwork(host = ''): Promise<LocalNetwork | undefined> {
  if (isIP(host) === 0 || isLoopback(host)) return undefined
  const addresses = addressesOfThisMachine()
  if (!EVERY_ADDRESS.includes(host)) {
    if (addresses.includes(host)) return { host, address: host, others: [] }
    throw new Error(
      `HOST is no address of this machine, ${host}. It has ${addresses.join(', ') || 'none'}; HOST=0.0.0.0 is all of IPv4.`,
    )
  }
  const reachable = addresses.filter((address) => host === '::' || isIPv4(address))
  const towardsOutside = await addressTowardsOutside()
  const address = reachable.find((address) => address === towardsOutside) ?? reachable[0]
  if (!address) throw new Error(`HOST=${host} leads nowhere: this machine is in no network.`)
  return { host, address, others: reachable.filter((other) => other !== address) }
}

/** An address as it stands in a URL. */
export const inUrl = (address: string) => (isIPv6(address) ? `[${address}]` : address)

/** IPv4 first. Those of one link only are left out: in a URL they would need the name of an interface. */
function addressesOfThisMachine() {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address)
    .toSorted((a, b) => isIP(a) - isIP(b))
}

/** The address that this machine has towards everybody else, and not one of its virtual networks. */
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
