import type { ThrottleOutage } from 'tenantry'
import { redisThrottleStore } from 'tenantry/redis'
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
