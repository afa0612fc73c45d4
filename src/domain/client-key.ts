import { isIP } from 'node:net'
import { addressWords, ipv4Within } from './ip-address.js'

/**
 * Which client an IP address stands for, as text that keys a budget, or `null` when it is not an IP address.
 *
 * An IPv4 address stands for itself. An IPv6 address stands for its /64 in the spelling of RFC 5952 (`2001:db8:0:1::/64`), because one
 * host usually has 2^64 addresses to choose from. IPv4-mapped (`::ffff:0:0/96`, RFC 4291) and NAT64 addresses (`64:ff9b::/96`, RFC 6052)
 * are the IPv4 address within, in either notation; the other transition forms, such as 6to4 (`2002::/16`) and IPv4-compatible
 * addresses (`::/96`), are deprecated and count as any IPv6 address. A zone, port, bracket, space or leading zero of a decimal makes it
 * no address: give the peer's address, or what {@link clientAddressReader} reads, not a header. Never throws.
 */
export function clientKey(ip: string): string | null {
  if (typeof ip !== 'string') return null
  if (isIP(ip) === 4) return ip
  const words = addressWords(ip)
  return words === null ? null : (ipv4Within(words) ?? prefix64(words.slice(0, 4)))
}

/** The zeros of the host part make the longest run of zeros, so that `::` always stands at the end. */
function prefix64(network: readonly number[]): string {
  const end = network.findLastIndex((word) => word !== 0) + 1
  const shown = network.slice(0, end).map((word) => word.toString(16))
  return `${shown.join(':')}::/64`
}
