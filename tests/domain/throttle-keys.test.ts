import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientKey } from '../../src/domain/client-key.js'
import { throttleKey } from '../../src/domain/throttle.js'

describe('clientKey', () => {
  const ipv4: [ip: string, key: string][] = [
    ['0.0.0.0', '0.0.0.0'],
    ['1.2.3.4', '1.2.3.4'],
    ['127.0.0.1', '127.0.0.1'],
    ['203.0.113.7', '203.0.113.7'],
    ['255.255.255.255', '255.255.255.255'],
  ]
  const ipv6: [ip: string, key: string][] = [
    ['2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['2001:db8:0:1:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
    ['2001:0db8:0000:0001:0000:0000:0000:0001', '2001:db8:0:1::/64'],
    ['2001:DB8:0:1::A', '2001:db8:0:1::/64'],
    ['2001:db8:0:2::1', '2001:db8:0:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8:0:0:1::', '2001:db8::/64'],
    ['2001:db8::1:0:0:0:0', '2001:db8:0:1::/64'],
    ['2001::1:0:0:0:0:0', '2001:0:1::/64'],
    ['::1:2:3:4:5:6:7', '0:1:2:3::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
    ['0:0:0:1::', '0:0:0:1::/64'],
    ['::', '::/64'],
    ['::1', '::/64'],
    ['fe80::1', 'fe80::/64'],
    ['fd00:1:2:3:4:5:6:7', 'fd00:1:2:3::/64'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffff:ffff:ffff:ffff::/64'],
    ['2001:db8:0:1::192.0.2.1', '2001:db8:0:1::/64'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4::/64'],
    // Look like the two prefixes below, but are not.
    ['::ffff:0:1.2.3.4', '::/64'],
    ['::fffe:1.2.3.4', '::/64'],
    ['1::ffff:1.2.3.4', '1::/64'],
    ['64:ff9b:1::1.2.3.4', '64:ff9b:1::/64'],
    ['64:ff9b::1:1.2.3.4', '64:ff9b::/64'],
  ]
  const ipv4Within: [ip: string, key: string][] = [
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::FFFF:1.2.3.4', '1.2.3.4'],
    ['::ffff:102:304', '1.2.3.4'],
    ['0:0:0:0:0:ffff:1.2.3.4', '1.2.3.4'],
    ['0000:0000:0000:0000:0000:ffff:0102:0304', '1.2.3.4'],
    ['::ffff:0:0', '0.0.0.0'],
    ['::ffff:255.255.255.255', '255.255.255.255'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['64:ff9b::1.2.3.4', '1.2.3.4'],
    ['64:ff9b::102:304', '1.2.3.4'],
    ['0064:FF9B:0:0:0:0:cb00:7107', '203.0.113.7'],
  ]
  test.each([...ipv4, ...ipv6, ...ipv4Within])('of %s is %s', (ip, key) => {
    expect(clientKey(ip)).toBe(key)
  })

  test.each([
    '',
    ' ',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.4\n',
    '1.2.3.4:80',
    '1.2.3.4, 5.6.7.8',
    '0x1.2.3.4',
    '16909060',
    '[::1]',
    '[::1]:80',
    '::1%eth0',
    'fe80::1%1',
    '::ffff:1.2.3.4%lo',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '00001::',
    'g::1',
    '::1.2.3',
    '::ffff:1.2.3.999',
    '::ffff:01.2.3.4',
    '1.2.3.4::',
    '2001:db8::1/64',
    'localhost',
    'example.com',
    'unknown',
    '１.２.３.４',
  ])('of %j is null', (ip) => {
    expect(clientKey(ip)).toBeNull()
  })

  test.each([[undefined], [null], [7], [{}], [['1.2.3.4']], [Symbol('ip')]])('of %s, which plain JavaScript may give, is null', (ip) => {
    expect(clientKey(ip as unknown as string)).toBeNull()
  })

  test('never throws', () => {
    const character = fc.oneof(
      fc.constantFrom(...'0123456789abcdef:.%[]/ '),
      fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
    )
    const text = fc.oneof(fc.string({ unit: character }), fc.ipV4Extended(), fc.ipV6())
    fc.assert(
      fc.property(text, (ip) => {
        clientKey(ip)
      }),
    )
  })

  test('is the same for all addresses of a /64 and for no other', () => {
    const word = fc.integer({ min: 0, max: 0xffff })
    const words = fc.tuple(word, word, word, word).filter(([first]) => first !== 0 && first !== 0x64)
    const spell = (network: number[], host: number[]) => [...network, ...host].map((value) => value.toString(16)).join(':')
    fc.assert(
      fc.property(words, words, words, words, (network, otherNetwork, host, otherHost) => {
        expect(clientKey(spell(network, host))).toBe(clientKey(spell(network, otherHost)))
        const same = network.join() === otherNetwork.join()
        expect(clientKey(spell(network, host)) === clientKey(spell(otherNetwork, host))).toBe(same)
      }),
    )
  })

  test('is the IPv4 address itself however it is carried', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        expect([clientKey(ip), clientKey(`::ffff:${ip}`), clientKey(`64:ff9b::${ip}`)]).toEqual([ip, ip, ip])
      }),
    )
  })
})

describe('throttleKey', () => {
  test.each([
    [{ scope: 'api', accountId: 'account-1' }, 'api:account-1'],
    [{ scope: 'api', accountId: 'account-1', ip: '1.2.3.4' }, 'api:account-1'],
    [{ scope: 'api', accountId: '01a20f34-d0fe-74b3-ae1a-e6d54af13fc2' }, 'api:01a20f34-d0fe-74b3-ae1a-e6d54af13fc2'],
    [{ scope: 'api:read', accountId: 'account-1' }, 'api:read:account-1'],
    [{ scope: 'api', ip: '1.2.3.4' }, 'api:anon:1.2.3.4'],
    [{ scope: 'api', accountId: null, ip: '::ffff:1.2.3.4' }, 'api:anon:1.2.3.4'],
    [{ scope: 'api', accountId: '', ip: '2001:db8:0:1::5' }, 'api:anon:2001:db8:0:1::/64'],
    [{ scope: 'api', ip: 'unknown' }, 'api:anon'],
    [{ scope: 'api', accountId: null, ip: null }, 'api:anon'],
    [{ scope: 'api' }, 'api:anon'],
    [{ scope: '', accountId: 'account-1' }, null],
    [{ scope: null as unknown as string, ip: '1.2.3.4' }, null],
  ])('of %j is %j', (subject, key) => {
    expect(throttleKey(subject)).toBe(key)
  })

  test.each([
    ['anon', 'api:%61non'],
    ['anon:1.2.3.4', 'api:anon%3A1.2.3.4'],
    ['a:b', 'api:a%3Ab'],
    ['50%', 'api:50%25'],
    ['%61non', 'api:%2561non'],
  ])('writes the account id %j so that it is nobody else', (accountId, key) => {
    expect(throttleKey({ scope: 'api', accountId })).toBe(key)
  })

  test('is another for every scope, account and anonymous client', () => {
    const scopes = ['a', 'b', 'a:b', 'a:b:c', 'b:c']
    const accounts = [
      'a',
      'b',
      'c',
      'b:c',
      ':',
      ':a',
      'a:',
      '%',
      '%3A',
      '%25',
      '%61non',
      'anon',
      'anon:',
      'anon:1.2.3.4',
      '1.2.3.4',
      'anon:1::/64',
    ]
    const clients = [undefined, '1.2.3.4', '4.3.2.1', '1::', '2::']
    const callers = [...accounts.map((accountId) => ({ accountId })), ...clients.map((ip) => ({ ip }))]
    const keys = scopes.flatMap((scope) => callers.map((caller) => throttleKey({ scope, ...caller })))
    expect(new Set(keys).size).toBe(scopes.length * callers.length)
  })
})
