import { type InputIssue, TenantryError } from '../errors.js'
import { type ForwardedHeader, forwardedHops, hopAddress } from './forwarded-hops.js'
import { type AddressWords, addressWords } from './ip-address.js'

/** Which proxies stand between the clients and this server; see {@link clientAddressReader}. */
export interface ClientAddressOptions {
  /**
   * How many proxies every request passes (0 to 32), or the addresses and networks that they have (`['10.0.0.0/8', '2001:db8::/32']`, at
   * most 1000). Of a network's address only the bits of its prefix matter: `10.0.0.1/8` is `10.0.0.0/8`, not one machine. With 0, the
   * default, forwarding headers are ignored.
   */
  readonly trustedProxies?: number | readonly string[] | undefined
  /** The header that your proxies write; `x-forwarded-for` when left out. The other one is ignored. */
  readonly header?: ForwardedHeader | undefined
}

/** Headers as node has them (`request.headers`, names in lower case), or as fetch has them (`request.headers` with `get`). */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>> | { get(name: string): string | null }

/** What of a request tells where it comes from. */
export interface RequestOrigin {
  /** The address at the other end of the connection, as `request.socket.remoteAddress`; a Unix socket has none. */
  readonly peer: string | null | undefined
  readonly headers: RequestHeaders
}

/** Answers the address of the client, ready for `ip` of `authorize`, `throttle` and `login`; `null` when it is not known. Never throws. */
export type ClientAddressReader = (request: RequestOrigin) => string | null

/**
 * Reads from a request which address the client has, past the proxies that are yours. Make the reader once, at start.
 *
 * The addresses that the header names, followed by the peer's, are walked from right to left; the first one that is not a trusted
 * proxy's is the client's, so that what a client writes into the header itself is never reached. A hop that is no address (`unknown`,
 * `_hidden`, garbage) ends the walk: the answer is the last good one, a proxy's. The same when the header has too few hops. Empty
 * elements of the list are no hops. Ports, brackets and zones are dropped; an IPv4 address mapped into IPv6 (RFC 4291) or carried by
 * NAT64 (RFC 6052) is the IPv4 address, for the answer and for `trustedProxies` alike. The rightmost 64 hops and 8192 characters count.
 *
 * Trust a count only when no request can come past any of these proxies; with a list, a request that comes past them is its own peer.
 * A peer without an address, as behind a Unix socket, is a proxy when a count is trusted, and nobody with a list.
 *
 * @throws TenantryError `invalid_input` at once, when an option is not valid
 */
export function clientAddressReader(options: ClientAddressOptions = {}): ClientAddressReader {
  const { trusts, header } = parseOptions(options)
  return (request) => readAddress(request ?? {}, trusts, header)
}

/** Whether an address is a proxy's; the peer is at position 0, the rightmost hop of the header at 1. */
type Trust = (address: string | null, position: number) => boolean

function readAddress({ peer, headers }: Partial<RequestOrigin>, trusts: Trust, header: ForwardedHeader): string | null {
  let client = typeof peer === 'string' ? hopAddress(peer) : null
  if (!trusts(client, 0)) return client
  let position = 0
  for (const address of forwardedHops(header, headerText(headers, header))) {
    if (address === null) break
    client = address
    position += 1
    if (!trusts(client, position)) break
  }
  return client
}

/** Several headers of one name are one list (RFC 9110, section 5.3). */
function headerText(headers: RequestHeaders | null | undefined, name: ForwardedHeader): string {
  if (typeof headers !== 'object' || headers === null) return ''
  const value: unknown = hasGet(headers) ? headers.get(name) : Object.hasOwn(headers, name) ? headers[name] : undefined
  return (Array.isArray(value) ? value : [value]).filter((line) => typeof line === 'string').join(',')
}

const hasGet = (headers: RequestHeaders): headers is { get(name: string): string | null } => typeof headers.get === 'function'

function parseOptions(options: ClientAddressOptions): { readonly trusts: Trust; readonly header: ForwardedHeader } {
  if (typeof options !== 'object' || options === null) throw invalid([{ path: '', message: 'must be an object' }])
  const { trustedProxies = 0, header = 'x-forwarded-for', ...others } = options
  const unknown = Object.keys(others).map((path) => ({ path, message: 'unknown field' }))
  if (unknown.length > 0) throw invalid(unknown)
  if (header !== 'x-forwarded-for' && header !== 'forwarded') {
    throw invalid([{ path: 'header', message: 'must be one of: x-forwarded-for, forwarded' }])
  }
  return { header, trusts: typeof trustedProxies === 'number' ? trustCount(trustedProxies) : trustNetworks(trustedProxies) }
}

function trustCount(count: number): Trust {
  if (!Number.isInteger(count) || count < 0 || count > 32)
    throw invalid([{ path: 'trustedProxies', message: 'must be a count from 0 to 32' }])
  return (_address, position) => position < count
}

function trustNetworks(texts: readonly string[]): Trust {
  if (!Array.isArray(texts) || texts.length > 1000) {
    throw invalid([{ path: 'trustedProxies', message: 'must be a count, or a list of at most 1000 addresses and networks' }])
  }
  const networks = texts.map(parseNetwork)
  return (address) => {
    const words = address === null ? null : addressWords(address)
    return words !== null && networks.some((network) => contains(network, words))
  }
}

/** Addresses of which the first `bits` are given, IPv4 in its mapped form. */
interface Network {
  readonly words: AddressWords
  readonly bits: number
}

function parseNetwork(text: string, index: number): Network {
  const [, address = '', prefix] = (typeof text === 'string' ? /^([\da-fA-F:.]{2,45})(?:\/(\d{1,3}))?$/.exec(text) : null) ?? []
  const words = addressWords(address)
  const size = address.includes(':') ? 128 : 32
  const bits = prefix === undefined ? size : Number(prefix)
  if (words !== null && bits <= size) return { words, bits: bits + 128 - size }
  throw invalid([{ path: `trustedProxies.${index}`, message: 'must be an address or a network such as 10.0.0.0/8' }])
}

function contains({ words, bits }: Network, address: AddressWords): boolean {
  return words.every((word, index) => {
    const free = Math.min(16, Math.max(0, 16 * (index + 1) - bits))
    return word >> free === (address[index] ?? 0) >> free
  })
}

const invalid = (issues: readonly InputIssue[]): TenantryError<'invalid_input'> => new TenantryError('invalid_input', { issues })
