import { isIP } from 'node:net'
import { addressWords, ipv4Within } from './ip-address.js'

/** Only so many hops of a header are looked at, from the right. */
const maxHops = 64

/** Only so many characters of a header are looked at, from the right: half of what node takes for all headers of a request. */
const maxLength = 8192

/** An address of 45 characters with brackets, port and zone has fewer. */
const maxHopLength = 120

/** Which header names the hops; see {@link clientAddressReader}. */
export type ForwardedHeader = 'x-forwarded-for' | 'forwarded'

/**
 * The addresses that a forwarding header names, the rightmost first; `null` for a hop that names none. The rightmost hops are found
 * without a look at what stands left of them, so that nothing a client sends can change how they are read. The work is bounded.
 */
export function* forwardedHops(header: ForwardedHeader, value: string): Generator<string | null, void, void> {
  const tail = value.slice(-maxLength)
  const wasCut = tail.length < value.length
  let end = tail.length
  for (let count = 0; count < maxHops && end >= 0; count += 1) {
    const comma = commaBefore(header, tail, end)
    if (comma < 0 && wasCut) return
    const element = trim(tail.slice(comma + 1, end))
    if (element !== '') yield header === 'forwarded' ? forwardedFor(element) : hopAddress(element)
    end = comma
  }
}

/** The last comma before `end`; in `Forwarded` only one that is not quoted. */
function commaBefore(header: ForwardedHeader, text: string, end: number): number {
  if (header === 'x-forwarded-for') return end === 0 ? -1 : text.lastIndexOf(',', end - 1)
  let isQuoted = false
  for (let index = end - 1; index >= 0; index -= 1) {
    if (text[index] === '"') isQuoted = !isQuoted
    if (text[index] === ',' && !isQuoted) return index
  }
  return -1
}

/** One `name=value` of a `Forwarded` element; some proxies write a port or brackets without the quotes that RFC 7239 asks for. */
const pair = /[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:"([^"\\]*)"|([!#$%&'*+.^_`|~\w:[\]-]+))[ \t]*(?:;|$)|[ \t]*;/y

/** The address of `for` in an element of `Forwarded` (RFC 7239, section 4); `null` when it has none, two, or is not well-formed. */
function forwardedFor(element: string): string | null {
  const nodes: string[] = []
  pair.lastIndex = 0
  while (pair.lastIndex < element.length) {
    const match = pair.exec(element)
    if (match === null) return null
    if (match[1]?.toLowerCase() === 'for') nodes.push(match[2] ?? match[3] ?? '')
  }
  return nodes.length === 1 ? hopAddress(nodes[0] ?? '') : null
}

/**
 * The address in a hop's text, without port, brackets and zone: IPv4 also when it is mapped into IPv6, IPv6 in lower case. `null` for
 * everything else, such as `unknown` and `_hidden`.
 */
export function hopAddress(hop: string): string | null {
  if (hop.length > maxHopLength) return null
  const address = withoutZone(withoutPort(trim(hop)))
  if (isIP(address) === 4) return address
  const words = addressWords(address)
  return words === null ? null : (ipv4Within(words) ?? address.toLowerCase())
}

/** `1.2.3.4:80` and `[::1]:80`; a bare IPv6 address has no port, since it could not be told from its last group. */
function withoutPort(hop: string): string {
  const [, bracketed, bare] = /^(?:\[([\da-fA-F:.]*(?:%[^\]]*)?)\]|([\d.]+))(?::(?:\d{1,5}|_[\w.-]+))?$/.exec(hop) ?? []
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? bracketed : ''
  return bare ?? hop
}

/** A zone says something only on the machine itself. */
function withoutZone(address: string): string {
  return isIP(address) === 6 ? address.replace(/%.*$/s, '') : address
}

/** Spaces and tabs, which may stand around the elements of a list (RFC 9110, section 5.6.1); a line break or NUL may not. */
function trim(text: string): string {
  const isSpace = (index: number) => text[index] === ' ' || text[index] === '\t'
  let start = 0
  let end = text.length
  while (start < end && isSpace(start)) start += 1
  while (end > start && isSpace(end - 1)) end -= 1
  return text.slice(start, end)
}
