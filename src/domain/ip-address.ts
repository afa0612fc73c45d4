import { isIP } from 'node:net'

/** The eight 16-bit words of an IPv6 address. */
export type AddressWords = readonly number[]

/**
 * The eight words of an IPv6 address in any of its spellings; of an IPv4 address those of its mapped form (`::ffff:0:0/96`, RFC 4291).
 * A NAT64 address (`64:ff9b::/96`, RFC 6052) counts as the IPv4 address within. `null` for every other text, zones included.
 */
export function addressWords(ip: string): AddressWords | null {
  const version = isIP(ip)
  if (version === 0 || ip.includes('%')) return null
  const words = version === 4 ? [...mappedPrefix, ...ipv4Words(ip)] : ipv6Words(ip)
  return hasPrefix(words, nat64Prefix) ? [...mappedPrefix, ...words.slice(6)] : words
}

/** The IPv4 address that is mapped into an IPv6 address, `null` when none is. */
export function ipv4Within(words: AddressWords): string | null {
  if (!hasPrefix(words, mappedPrefix)) return null
  const [high = 0, low = 0] = words.slice(6)
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
}

const mappedPrefix = [0, 0, 0, 0, 0, 0xffff]
const nat64Prefix = [0x64, 0xff9b, 0, 0, 0, 0]

const hasPrefix = (words: AddressWords, prefix: AddressWords): boolean => prefix.every((word, index) => words[index] === word)

function ipv6Words(ip: string): number[] {
  const [head = '', tail] = ip.split('::')
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function groups(part: string): number[] {
  if (part === '') return []
  return part.split(':').flatMap((group) => (group.includes('.') ? ipv4Words(group) : [Number.parseInt(group, 16)]))
}

function ipv4Words(ip: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number)
  return [(a << 8) | b, (c << 8) | d]
}
