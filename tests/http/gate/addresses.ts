import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServerOptions } from '../../../examples/shared/serve.js'
import type { SentHeaders } from './client.js'
import { expectRefusal, type GateWorld, remaining, usage } from './world.js'

const from = (...hops: string[]): SentHeaders => hops.map((hop) => ['X-Forwarded-For', hop])

/** Whose budget a caller without an account is counted against. */
export function addressCases(ownWorld: (options: ServerOptions) => Promise<GateWorld>): void {
  let world: GateWorld
  const starts = (options: ServerOptions) => {
    beforeAll(async () => {
      world = await ownWorld(options)
    })
    afterAll(() => world.end())
  }
  const lacks = async (headers: SentHeaders): Promise<number> => {
    const answer = await world.ask(usage, headers)
    expectRefusal(answer, 401, 'invalid_credential')
    return 120 - remaining(answer)
  }
  /** All of them are one client, whom nobody has counted before. */
  const areOne = async (...requests: SentHeaders[]) => {
    world.wait(60)
    const counted: number[] = []
    for (const headers of requests) counted.push(await lacks(headers))
    expect(counted).toEqual(requests.map((_, index) => index + 1))
  }
  /** Each of them is a client of its own. */
  const areSeveral = async (...requests: SentHeaders[]) => {
    world.wait(60)
    for (const headers of requests) expect(await lacks(headers)).toBe(1)
  }

  describe('without a proxy', () => {
    starts({})
    it('takes no word of a caller for where they are', async () => {
      await areOne(
        [],
        from('198.51.100.1'),
        from('198.51.100.2, 127.0.0.1'),
        from('198.51.100.3', '198.51.100.4'),
        [['Forwarded', 'for=198.51.100.5']],
        [['X-Real-IP', '198.51.100.6']],
        [['CF-Connecting-IP', '198.51.100.7']],
        [['True-Client-IP', '198.51.100.8']],
        [['X-Client-IP', '198.51.100.9']],
      )
    })
  })

  describe('behind one proxy', () => {
    starts({ proxies: { trustedProxies: 1 } })
    it('counts from the right, so that what a caller writes before it changes nothing', async () => {
      await areOne(
        from('198.51.100.1'),
        from('8.8.8.8, 198.51.100.1'),
        from('8.8.8.8', '9.9.9.9', '198.51.100.1'),
        from('x, , 198.51.100.1'),
      )
      await areSeveral(from('198.51.100.1'), from('198.51.100.1, 198.51.100.2'), from('198.51.100.1', '198.51.100.3'))
    })
    it('knows one client in all its spellings, with port, brackets and zone', async () => {
      await areOne(
        from('198.51.100.1'),
        from('198.51.100.1:443'),
        from('::ffff:198.51.100.1'),
        from('[::ffff:c633:6401]:80'),
        from('64:ff9b::198.51.100.1'),
      )
      await areOne(from('2001:db8::1'), from('2001:DB8:0:0:ffff::2'), from('[2001:db8::3]:4711'), from('2001:db8::4%eth0'))
      await areSeveral(from('2001:db8:0:1::1'), from('2001:db8:0:2::1'), from('198.51.100.1'), from('198.51.101.1'))
    })
    it('takes the proxy for the caller where it names none', async () => {
      await areOne(
        [],
        from(''),
        from('unknown'),
        from('_hidden'),
        from('198.51.100.1, garbage'),
        from('198.51.100.1, 999.1.1.1'),
        from('127.0.0.1'),
      )
    })
    it('does not read the header that its proxy does not write', async () => {
      await areOne(from('198.51.100.1'), [['Forwarded', 'for=198.51.100.2'], ...from('198.51.100.1')])
    })
    it('outlives a header as long as there may be', async () => {
      expect(await lacks(from(`${'1.1.1.1, '.repeat(1_600)}198.51.100.77`))).toBe(1)
      expect(await lacks(from(','.repeat(14_000)))).toBeGreaterThan(0)
    })
  })

  describe('behind proxies with known addresses that write Forwarded', () => {
    starts({ proxies: { trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'], header: 'forwarded' } })
    const forwarded = (value: string): SentHeaders => [['Forwarded', value]]
    it('passes over them, and over no other', async () => {
      await areOne(
        forwarded('for=198.51.100.1'),
        forwarded('for="198.51.100.1:80";proto=https, for=10.1.2.3'),
        forwarded('for=8.8.8.8, for=198.51.100.1, for=10.1.2.3, for=10.255.0.1'),
      )
      await areSeveral(
        forwarded('for=198.51.100.2, for=11.1.1.1'),
        forwarded('for="[2001:db8::1]:80"'),
        forwarded('for=10.1.1.1'),
        from('198.51.100.2'),
      )
    })
  })
}
