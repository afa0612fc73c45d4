import { createClient } from 'redis'
import type { ThrottleOutage } from 'tenantry'
import { type RedisEval, redisAccessNotices, redisThrottleStore } from 'tenantry/redis'
import { afterAll, describe, expect, inject, it, vi } from 'vitest'
import { cuttingProxy } from '../support/cutting-proxy.js'
import { createHost } from '../support/host.js'
import { dropKeys, freshPrefix, openIoredis } from '../support/redis.js'

const url = inject('redisUrl')

describe.skipIf(url === null)('a Redis whose connection is cut', () => {
  const prefix = freshPrefix()
  afterAll(async () => {
    const { redis, close } = openIoredis(url ?? '')
    await dropKeys(redis, prefix)
    await close()
  })

  it('before it decides is stood in for by the memory of the process, until it is back', async () => {
    const proxy = await cuttingProxy(url ?? '')
    const connection = openIoredis(proxy.url)
    const told: ThrottleOutage[] = []
    const { tenantry } = await createHost({
      throttles: redisThrottleStore({ eval: connection.eval, prefix }),
      throttling: {
        fallback: { limit: 3, windowSeconds: 3600 },
        timeoutMs: 10_000,
        onOutageChange: (outage) => told.push(outage),
      },
    })
    const call = () => tenantry.throttle({ scope: 'api', ip: '192.0.2.1' })
    expect(await call()).toMatchObject({ allowed: true, remaining: 2 })

    proxy.cutAt({ text: 'eval', when: 'before' })
    expect(await call()).toMatchObject({ allowed: true, remaining: 2 })
    expect(told).toMatchObject([{ isOut: true }])

    await vi.waitFor(
      async () => {
        await tenantry.throttle({ scope: 'other', ip: '192.0.2.1' })
        expect(told).toMatchObject([{ isOut: true }, { isOut: false }])
      },
      { timeout: 20_000, interval: 100 },
    )
    // What the memory admitted meanwhile is not in Redis, and what Redis knew is still there.
    expect(await call()).toMatchObject({ allowed: true, remaining: 1 })
    await connection.close()
    await proxy.close()
  })
})

/** Nothing listens there. */
const nowhere = 'redis://127.0.0.1:1'

/** The reason that the host is told for which a throttle that asks so is out. */
async function reasonFor(evaluate: RedisEval): Promise<string | undefined> {
  const told: ThrottleOutage[] = []
  const onOutageChange = (outage: ThrottleOutage) => told.push(outage)
  const { tenantry } = await createHost({
    throttles: redisThrottleStore({ eval: evaluate }),
    throttling: { timeoutMs: 10_000, onOutageChange },
  })
  await tenantry.throttle({ scope: 'api', ip: '192.0.2.1' })
  return told[0]?.reason
}

describe('a Redis that is not there', () => {
  it('is told of by the code of node-redis', async () => {
    const client = createClient({ url: nowhere, socket: { reconnectStrategy: false } })
    client.on('error', () => undefined)
    const connecting = client.connect().catch(() => undefined)
    expect(await reasonFor((script, keys, args) => client.eval(script, { keys, arguments: args }))).toBe('ECONNREFUSED')
    await connecting
  })

  it('is told of as a failure by ioredis, whose error has no code', async () => {
    const connection = openIoredis(nowhere)
    expect(await reasonFor(connection.eval)).toBe('failed')
    await connection.close()
  })

  it('is told of as a bad answer where something else answers', async () => {
    expect(await reasonFor(async () => 'hello')).toBe('bad_answer')
    expect(await reasonFor(async () => ['hello'])).toBe('bad_answer')
  })

  it('leaves the notices of the gate cache unheard, which is logged once', async () => {
    const warnings: unknown[] = []
    const warn = (message: string, facts?: object) => void warnings.push([message, facts])
    const connection = openIoredis(nowhere)
    const notices = redisAccessNotices({
      publish: (channel, message) => connection.redis.publish(channel, message),
      subscribe: (channel) => connection.redis.subscribe(channel),
      heartbeatSeconds: 1,
    })
    await createHost({ gateCache: { notices }, logger: { info() {}, warn, error() {} } })
    const off = [expect.stringContaining('The gate cache is off'), { reason: 'failed' }]
    await vi.waitFor(() => expect(warnings).toContainEqual(off), { timeout: 20_000 })
    await notices.close()
    await connection.close()
    expect(warnings.filter((line) => JSON.stringify(line).includes('gate cache is off'))).toHaveLength(1)
  })
})
