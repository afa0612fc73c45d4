import { isIP } from 'node:net'

/**
 * Which client an IP address stands for, as text that keys a budget, or `null` when it is not an IP address.
 *
 * An IPv4 address stands for itself. An IPv6 address stands for its /64 in the spelling of RFC 5952 (`2001:db8:0:1::/64`), because one
 * host usually has 2^64 addresses to choose from. IPv4-mapped (`::ffff:0:0/96`, RFC 4291) and NAT64 addresses (`64:ff9b::/96`, RFC 6052)
 * are the IPv4 address within. A zone, port, bracket, space or leading zero of a decimal makes it no address: give the peer's address,
 * not a header. Never throws.
 */
export function clientKey(ip: string): string | null {
  const version = typeof ip === 'string' ? isIP(ip) : 0
  if (version === 4) return ip
  return version === 6 && !ip.includes('%') ? ipv6Key(ip) : null
}

function ipv6Key(ip: string): string {
  const words = ipv6Words(ip)
  const [a, b, c, d, e, f, high = 0, low = 0] = words
  const outer = [a, b, c, d, e].join(':')
  if ((outer === '0:0:0:0:0' && f === 0xffff) || (outer === `${0x64}:${0xff9b}:0:0:0` && f === 0)) {
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
  }
  return prefix64(words.slice(0, 4))
}

/** The zeros of the host part make the longest run of zeros, so that `::` always stands at the end. */
function prefix64(network: readonly number[]): string {
  const end = network.findLastIndex((word) => word !== 0) + 1
  const shown = network.slice(0, end).map((word) => word.toString(16))
  return `${shown.join(':')}::/64`
}

/** The eight 16-bit words of a valid IPv6 address in any of its spellings. */
function ipv6Words(ip: string): number[] {
  const [head = '', tail] = ip.split('::')
  const left = words(head)
  const right = tail === undefined ? [] : words(tail)
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function words(part: string): number[] {
  if (part === '') return []
  return part.split(':').flatMap((group) => (group.includes('.') ? ipv4Words(group) : [Number.parseInt(group, 16)]))
}

function ipv4Words(ip: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number)
  return [(a << 8) | b, (c << 8) | d]
}
