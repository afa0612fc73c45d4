import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ClientAddressOptions, clientAddressReader, type RequestHeaders } from '../../src/domain/client-address.js'
import { isTenantryError } from '../../src/errors.js'

const proxies = ['10.0.0.0/8', '127.0.0.1', '2001:db8:aaaa::/48']
const peer = '10.0.0.1'
const headersOf = (name: string, value: unknown) => ({ [name]: value }) as RequestHeaders
const readFrom = (from: unknown, options: ClientAddressOptions, value: unknown): string | null =>
  clientAddressReader(options)({ peer: from as string, headers: headersOf(options.header ?? 'x-forwarded-for', value) })
const read = (options: ClientAddressOptions, value: unknown): string | null => readFrom(peer, options, value)

/** The answers when nothing is trusted, one proxy, two, and those of the list. */
type Answers = [none: string | null, one: string | null, two: string | null, list: string | null]
type Row = [value: unknown, peer: string | null | undefined, ...answers: Answers]

const all = (answer: string | null): Answers => [answer, answer, answer, answer]
const past = (answer: string): Answers => [peer, answer, answer, answer]

describe('clientAddressReader over X-Forwarded-For', () => {
  const rows: Row[] = [
    // What there is to read.
    [undefined, peer, ...all(peer)],
    ['', peer, ...all(peer)],
    ['198.51.100.1', peer, ...past('198.51.100.1')],
    ['192.0.2.9, 198.51.100.1', peer, peer, '198.51.100.1', '192.0.2.9', '198.51.100.1'],
    ['192.0.2.9, 198.51.100.1, 10.0.0.2', peer, peer, '10.0.0.2', '198.51.100.1', '198.51.100.1'],
    ['192.0.2.9, 198.51.100.1, 10.0.0.3, 10.0.0.2', peer, peer, '10.0.0.2', '10.0.0.3', '198.51.100.1'],
    ['10.9.9.9, 198.51.100.1', peer, peer, '198.51.100.1', '10.9.9.9', '198.51.100.1'],
    ['10.0.0.3, 10.0.0.2', peer, peer, '10.0.0.2', '10.0.0.3', '10.0.0.3'],
    ['198.51.100.1', '203.0.113.7', '203.0.113.7', '198.51.100.1', '198.51.100.1', '203.0.113.7'],
    ['127.0.0.1, 10.0.0.2', '203.0.113.7', '203.0.113.7', '10.0.0.2', '127.0.0.1', '203.0.113.7'],
    // Spaces and empty elements.
    ['192.0.2.9,198.51.100.1', peer, peer, '198.51.100.1', '192.0.2.9', '198.51.100.1'],
    ['  192.0.2.9\t , \t198.51.100.1  ', peer, peer, '198.51.100.1', '192.0.2.9', '198.51.100.1'],
    ['192.0.2.9,, ,198.51.100.1', peer, peer, '198.51.100.1', '192.0.2.9', '198.51.100.1'],
    ['192.0.2.9, 198.51.100.1, ,', peer, peer, '198.51.100.1', '192.0.2.9', '198.51.100.1'],
    [', ,,', peer, ...all(peer)],
    [',198.51.100.1', peer, ...past('198.51.100.1')],
    ['192.0.2.9 198.51.100.1', peer, ...all(peer)],
    // What is no address ends the walk and lets nothing from its left in.
    ['192.0.2.9, unknown', peer, ...all(peer)],
    ['192.0.2.9, UNKNOWN, 10.0.0.2', peer, peer, '10.0.0.2', '10.0.0.2', '10.0.0.2'],
    ['192.0.2.9, _hidden, 10.0.0.2', peer, peer, '10.0.0.2', '10.0.0.2', '10.0.0.2'],
    ['192.0.2.9, 256.1.1.1', peer, ...all(peer)],
    ['192.0.2.9, 1.2.3', peer, ...all(peer)],
    ['192.0.2.9, 01.2.3.4', peer, ...all(peer)],
    ['192.0.2.9, 0x7f.0.0.1', peer, ...all(peer)],
    ['192.0.2.9, 2130706433', peer, ...all(peer)],
    ['192.0.2.9, localhost', peer, ...all(peer)],
    ['192.0.2.9, 198.51.100.1/32', peer, ...all(peer)],
    ['192.0.2.9, 198.51.100.1\n', peer, ...all(peer)],
    ['192.0.2.9, 198.51.100.1\0', peer, ...all(peer)],
    ['192.0.2.9, １.２.３.４', peer, ...all(peer)],
    ['192.0.2.9; 198.51.100.1', peer, ...all(peer)],
    ['for=198.51.100.1', peer, ...all(peer)],
    ['192.0.2.9, "198.51.100.1"', peer, ...all(peer)],
    [`192.0.2.9, ${'1'.repeat(200)}`, peer, ...all(peer)],
    ['192.0.2.9, unix:', peer, ...all(peer)],
    // Ports and brackets.
    ['198.51.100.1:8080', peer, ...past('198.51.100.1')],
    ['198.51.100.1:', peer, ...all(peer)],
    ['198.51.100.1:port', peer, ...all(peer)],
    ['198.51.100.1:123456', peer, ...all(peer)],
    ['198.51.100.1:80:80', peer, ...all(peer)],
    ['[2001:db8::1]', peer, ...past('2001:db8::1')],
    ['[2001:db8::1]:443', peer, ...past('2001:db8::1')],
    ['[2001:db8::1', peer, ...all(peer)],
    ['2001:db8::1]', peer, ...all(peer)],
    ['[2001:db8::1]443', peer, ...all(peer)],
    ['[198.51.100.1]:443', peer, ...all(peer)],
    ['[]:443', peer, ...all(peer)],
    ['192.0.2.9:1, 10.0.0.2:2', '10.0.0.1:3', peer, '10.0.0.2', '192.0.2.9', '192.0.2.9'],
    // IPv6, with IPv4 within it, with zones.
    ['2001:DB8::A', peer, ...past('2001:db8::a')],
    ['2001:db8:0:0:0:0:0:1', peer, ...past('2001:db8:0:0:0:0:0:1')],
    ['1::2::3', peer, ...all(peer)],
    ['::ffff:198.51.100.1', peer, ...past('198.51.100.1')],
    ['::FFFF:c633:6401', peer, ...past('198.51.100.1')],
    ['64:ff9b::198.51.100.1', peer, ...past('198.51.100.1')],
    ['[::ffff:198.51.100.1]:80', peer, ...past('198.51.100.1')],
    ['198.51.100.1, ::ffff:10.0.0.2', '::ffff:10.0.0.1', peer, '10.0.0.2', '198.51.100.1', '198.51.100.1'],
    ['198.51.100.1, ::ffff:a00:2', '::FFFF:A00:1', peer, '10.0.0.2', '198.51.100.1', '198.51.100.1'],
    ['198.51.100.1, 64:ff9b::10.0.0.2', '64:ff9b::a00:1', peer, '10.0.0.2', '198.51.100.1', '198.51.100.1'],
    ['198.51.100.1', '2001:db8:aaaa::1', '2001:db8:aaaa::1', '198.51.100.1', '198.51.100.1', '198.51.100.1'],
    ['198.51.100.1', '2001:DB8:AAAA:F::1', '2001:db8:aaaa:f::1', '198.51.100.1', '198.51.100.1', '198.51.100.1'],
    ['198.51.100.1', '2001:db8:aaab::1', '2001:db8:aaab::1', '198.51.100.1', '198.51.100.1', '2001:db8:aaab::1'],
    ['fe80::1%eth0', peer, ...past('fe80::1')],
    ['[fe80::1%25eth0]:80', peer, ...past('fe80::1')],
    ['fe80::1%', peer, ...all(peer)],
    ['198.51.100.1%eth0', peer, ...all(peer)],
    [undefined, 'fe80::1%lo0', ...all('fe80::1')],
    // Repeated headers, and what is no text at all.
    [['192.0.2.9', '198.51.100.1'], peer, peer, '198.51.100.1', '192.0.2.9', '198.51.100.1'],
    [['192.0.2.9, 198.51.100.1', '10.0.0.2'], peer, peer, '10.0.0.2', '198.51.100.1', '198.51.100.1'],
    [[], peer, ...all(peer)],
    [['', '198.51.100.1', ''], peer, ...past('198.51.100.1')],
    [[7, null, '198.51.100.1'], peer, ...past('198.51.100.1')],
    [7, peer, ...all(peer)],
    [{ length: 1 }, peer, ...all(peer)],
    // Peers without an address.
    [undefined, undefined, ...all(null)],
    [undefined, '', ...all(null)],
    ['198.51.100.1', undefined, null, '198.51.100.1', '198.51.100.1', null],
    ['192.0.2.9, 198.51.100.1', null, null, '198.51.100.1', '192.0.2.9', null],
    ['192.0.2.9, 198.51.100.1', 'unknown', null, '198.51.100.1', '192.0.2.9', null],
    ['192.0.2.9, unknown', undefined, ...all(null)],
  ]
  test.each(rows)('of %j from %j is %j with no proxy, %j with one, %j with two, %j with a list', (value, from, ...answers) => {
    expect([0, 1, 2, proxies].map((trustedProxies) => readFrom(from, { trustedProxies }, value))).toEqual(answers)
  })

  test('reads nothing but the peer unless it is told to', () => {
    const origin = { peer, headers: { 'x-forwarded-for': '192.0.2.9', forwarded: 'for=192.0.2.9' } }
    expect([clientAddressReader()(origin), clientAddressReader({})(origin), clientAddressReader({ trustedProxies: [] })(origin)]).toEqual([
      peer,
      peer,
      peer,
    ])
  })

  test('reads the header that it is told to, and no other', () => {
    const headers = { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.2', 'x-real-ip': '198.51.100.3' }
    expect(clientAddressReader({ trustedProxies: 1 })({ peer, headers })).toBe('198.51.100.1')
    expect(clientAddressReader({ trustedProxies: 1, header: 'forwarded' })({ peer, headers })).toBe('198.51.100.2')
    expect(clientAddressReader({ trustedProxies: 1 })({ peer, headers: { forwarded: 'for=198.51.100.2' } })).toBe(peer)
  })

  test('reads the headers of fetch', () => {
    const headers = new Headers([
      ['X-Forwarded-For', '192.0.2.9'],
      ['X-Forwarded-For', '198.51.100.1'],
    ])
    expect([1, 2].map((trustedProxies) => clientAddressReader({ trustedProxies })({ peer, headers }))).toEqual([
      '198.51.100.1',
      '192.0.2.9',
    ])
    expect(clientAddressReader({ trustedProxies: 1 })({ peer, headers: new Headers() })).toBe(peer)
  })

  test('takes no header from a prototype', () => {
    const headers = Object.create({ 'x-forwarded-for': '198.51.100.1' }) as RequestHeaders
    expect(clientAddressReader({ trustedProxies: 1 })({ peer, headers })).toBe(peer)
  })

  test('looks at the rightmost 64 hops and 8192 characters only, at no half of a hop', () => {
    const hops = (count: number) => Array.from({ length: count }, () => '10.0.0.2').join(',')
    expect(read({ trustedProxies: proxies }, `198.51.100.1,${hops(63)}`)).toBe('198.51.100.1')
    expect(read({ trustedProxies: proxies }, `198.51.100.1,${hops(64)}`)).toBe('10.0.0.2')
    const padded = (length: number) => `198.51.100.1,${' '.repeat(length - 22)},10.0.0.2`
    expect(read({ trustedProxies: proxies }, padded(8192))).toBe('198.51.100.1')
    expect(read({ trustedProxies: proxies }, padded(8193))).toBe('10.0.0.2')
  })
})

describe('clientAddressReader over Forwarded', () => {
  const rows: Row[] = [
    ['for=198.51.100.1', peer, ...past('198.51.100.1')],
    ['For=198.51.100.1', peer, ...past('198.51.100.1')],
    ['FOR="198.51.100.1"', peer, ...past('198.51.100.1')],
    ['for="198.51.100.1:4711"', peer, ...past('198.51.100.1')],
    ['for="198.51.100.1:_port"', peer, ...past('198.51.100.1')],
    ['for=198.51.100.1:4711', peer, ...past('198.51.100.1')],
    ['For="[2001:db8:cafe::17]:4711"', peer, ...past('2001:db8:cafe::17')],
    ['for="[2001:db8:cafe::17]"', peer, ...past('2001:db8:cafe::17')],
    ['for=[2001:db8:cafe::17]', peer, ...past('2001:db8:cafe::17')],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', peer, ...past('192.0.2.60')],
    ['by=203.0.113.43 ; proto=https ; for=192.0.2.60', peer, ...past('192.0.2.60')],
    ['proto=https;host="example.com:80, 1";for=192.0.2.60', peer, ...past('192.0.2.60')],
    ['for=192.0.2.60;host="a;b"', peer, ...past('192.0.2.60')],
    ['for=192.0.2.60;;proto=http;', peer, ...past('192.0.2.60')],
    ['for=192.0.2.43, for=198.51.100.17', peer, peer, '198.51.100.17', '192.0.2.43', '198.51.100.17'],
    ['for=192.0.2.43, for="[2001:db8:aaaa::1]"', peer, peer, '2001:db8:aaaa::1', '192.0.2.43', '192.0.2.43'],
    [['for=192.0.2.43', 'for=198.51.100.17;by=10.0.0.1'], peer, peer, '198.51.100.17', '192.0.2.43', '198.51.100.17'],
    ['for=192.0.2.43,,for=10.0.0.2', peer, peer, '10.0.0.2', '192.0.2.43', '192.0.2.43'],
    // No address: obfuscated, unknown, not well-formed, none, or two.
    ['for=192.0.2.43, for=unknown', peer, ...all(peer)],
    ['for=192.0.2.43, for=Unknown, for=10.0.0.2', peer, peer, '10.0.0.2', '10.0.0.2', '10.0.0.2'],
    ['for=192.0.2.43, for=_gazonk', peer, ...all(peer)],
    ['for=192.0.2.43, for="_gazonk:80"', peer, ...all(peer)],
    ['for=192.0.2.43, by=10.0.0.1;proto=https', peer, ...all(peer)],
    ['for=192.0.2.43, for=198.51.100.1;for=198.51.100.2', peer, ...all(peer)],
    ['for=192.0.2.43, 198.51.100.1', peer, ...all(peer)],
    ['for=192.0.2.43, for =198.51.100.1', peer, ...all(peer)],
    ['for=192.0.2.43, for=', peer, ...all(peer)],
    ['for=192.0.2.43, for=""', peer, ...all(peer)],
    ['for=192.0.2.43, for="198.51.100.1\\"', peer, ...all(peer)],
    ['for=192.0.2.43, for=198.51.100.1 proto=http', peer, ...all(peer)],
    ['for=192.0.2.43, xfor=198.51.100.1', peer, ...all(peer)],
    // Quotes that the client left open do not reach what the proxies added.
    ['for="192.0.2.43, for=198.51.100.1', peer, peer, '198.51.100.1', '198.51.100.1', '198.51.100.1'],
    ['for="192.0.2.43;host=", for=198.51.100.1, for=10.0.0.2', peer, peer, '10.0.0.2', '198.51.100.1', '198.51.100.1'],
    ['host="x\\", for=198.51.100.1;host="y,for=192.0.2.43"', peer, peer, '198.51.100.1', '198.51.100.1', '198.51.100.1'],
    // A quoted comma is none, so that a host name cannot add a hop.
    ['for=198.51.100.1;host="a,for=192.0.2.43"', peer, ...past('198.51.100.1')],
    ['for=198.51.100.1;host="a\\",for=192.0.2.43;x=\\""', peer, ...all(peer)],
  ]
  test.each(rows)('of %j from %j is %j with no proxy, %j with one, %j with two, %j with a list', (value, from, ...answers) => {
    const header = 'forwarded'
    expect([0, 1, 2, proxies].map((trustedProxies) => readFrom(from, { trustedProxies, header }, value))).toEqual(answers)
  })
})

describe('clientAddressReader and what it trusts', () => {
  const trusted: [network: string, address: string, is: boolean][] = [
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['10.0.0.0/9', '10.128.0.0', false],
    ['172.16.0.0/12', '172.31.255.255', true],
    ['172.16.0.0/12', '172.32.0.0', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:a00:0/104', '11.1.2.3', false],
    ['64:ff9b::10.0.0.0/104', '10.1.2.3', true],
    ['2001:DB8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['2001:db8::1/128', '2001:db8::1', true],
    ['2001:db8::1', '2001:db8::2', false],
    ['::1', '::1', true],
    ['::/0', '2001:db8::1', true],
  ]
  test.each(trusted)('%s has %s: %j', (network, address, is) => {
    expect(readFrom(address, { trustedProxies: [network] }, '198.51.100.1')).toBe(is ? '198.51.100.1' : address)
  })

  const wrong: [path: string, options: unknown][] = [
    ['', null],
    ['', 'x-forwarded-for'],
    ['trustedProxy', { trustedProxy: 1 }],
    ['trustedProxies', { trustedProxies: -1 }],
    ['trustedProxies', { trustedProxies: 1.5 }],
    ['trustedProxies', { trustedProxies: 33 }],
    ['trustedProxies', { trustedProxies: Number.NaN }],
    ['trustedProxies', { trustedProxies: true }],
    ['trustedProxies', { trustedProxies: null }],
    ['trustedProxies', { trustedProxies: '10.0.0.0/8' }],
    ['trustedProxies.0', { trustedProxies: ['loopback'] }],
    ['trustedProxies.1', { trustedProxies: ['10.0.0.1', '10.0.0.0/33'] }],
    ['trustedProxies.0', { trustedProxies: ['2001:db8::/129'] }],
    ['trustedProxies.0', { trustedProxies: ['10.0.0.0/'] }],
    ['trustedProxies.0', { trustedProxies: ['10.0.0.0/-1'] }],
    ['trustedProxies.0', { trustedProxies: ['fe80::1%eth0'] }],
    ['trustedProxies.0', { trustedProxies: [''] }],
    ['trustedProxies.0', { trustedProxies: [7] }],
    ['header', { header: 'x-real-ip' }],
    ['header', { header: 'X-Forwarded-For' }],
  ]
  test.each(wrong)('refuses at once, for its %j, the options %j', (path, options) => {
    const refusal = (() => {
      try {
        clientAddressReader(options as ClientAddressOptions)
      } catch (error) {
        return isTenantryError(error, 'invalid_input') ? error.details.issues.map((issue) => issue.path) : error
      }
      return 'none'
    })()
    expect(refusal).toEqual([path])
  })

  test('takes a list of 1000 and no more', () => {
    const networks = (length: number) => Array.from({ length }, (_, index) => `10.0.${index >> 8}.${index & 0xff}`)
    expect(readFrom('10.0.3.231', { trustedProxies: networks(1000) }, '198.51.100.1')).toBe('198.51.100.1')
    expect(() => clientAddressReader({ trustedProxies: networks(1001) })).toThrow('at most 1000')
  })
})

describe('clientAddressReader never', () => {
  const character = fc.oneof(
    fc.constantFrom(...'0123456789abcdef:.%[]/ ,;="\\_', 'for=', 'unknown', '10.0.0.2', '\t', '\0'),
    fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
  )
  const text = fc.string({ unit: character, maxLength: 300 })
  const header = fc.constantFrom('x-forwarded-for' as const, 'forwarded' as const)
  const trustedProxies = fc.oneof(fc.integer({ min: 0, max: 32 }), fc.constant(proxies))

  test('throws, whatever a request holds', () => {
    fc.assert(
      fc.property(header, trustedProxies, fc.anything(), fc.anything(), (name, trusted, value, from) => {
        const reader = clientAddressReader({ trustedProxies: trusted, header: name })
        reader({ peer: from as string, headers: headersOf(name, value) })
        reader({ peer: from as string, headers: value as RequestHeaders })
        reader(value as never)
      }),
    )
    fc.assert(
      fc.property(header, trustedProxies, text, text, (name, trusted, value, from) => {
        readFrom(from, { trustedProxies: trusted, header: name }, value)
        read({ trustedProxies: trusted, header: name }, value)
      }),
    )
  })

  const hop = fc.oneof(fc.ipV4(), fc.ipV6())
  const written = (name: 'x-forwarded-for' | 'forwarded', hops: string[]) =>
    hops.map((address) => (name === 'forwarded' ? `for="${address.includes(':') ? `[${address}]` : address}"` : address)).join(', ')

  test('lets what stands further left change the answer', () => {
    fc.assert(
      fc.property(header, fc.array(hop, { minLength: 1, maxLength: 6 }), text, (name, hops, left) => {
        const options = { trustedProxies: hops.length, header: name }
        const value = written(name, hops)
        const answer = read(options, value)
        expect(answer).not.toBeNull()
        for (const more of [`${left}, ${value}`, [left, value], `${left.repeat(50)},${value}`]) expect(read(options, more)).toBe(answer)
        expect(read({ ...options, trustedProxies: proxies }, `${left}, ${written(name, ['198.51.100.1', '10.0.0.2'])}`)).toBe(
          '198.51.100.1',
        )
      }),
    )
  })

  test('answers anything but an address, or an address that nobody named', () => {
    fc.assert(
      fc.property(trustedProxies, fc.array(fc.oneof(hop, text), { maxLength: 6 }), (trusted, hops) => {
        const answer = read({ trustedProxies: trusted }, hops.join(','))
        expect(answer === null || clientAddressReader()({ peer: answer, headers: {} }) === answer).toBe(true)
      }),
    )
  })
})
