import { redisThrottleStore } from 'tenantry/redis'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { dropKeys, freshPrefix, openIoredis } from '../support/redis.js'
import { raceOf } from './child.js'
import type { ThrottlerOrders } from './redis-throttler.js'

const redisUrl = inject('redisUrl')

describe.skipIf(redisUrl === null)('two processes on one Redis', () => {
  const prefix = freshPrefix()
  const nowMs = Date.UTC(2026, 2, 1, 12)
  let connection: ReturnType<typeof openIoredis>
  beforeAll(() => {
    connection = openIoredis(redisUrl ?? '')
  })
  afterAll(async () => {
    await dropKeys(connection.redis, prefix)
    await connection.close()
  })

  const admittedBy = (budgets: ThrottlerOrders['budgets'], calls: number): Promise<number[]> => {
    const orders = { url: redisUrl ?? '', prefix, nowMs, budgets, calls }
    return raceOf<ThrottlerOrders, number>('./redis-throttler.ts', [orders, orders])
  }
  const left = async (budget: ThrottlerOrders['budgets'][number]): Promise<number | undefined> => {
    const store = redisThrottleStore({ eval: connection.eval, prefix })
    return (await store.take([budget], 0, nowMs)).states[0]?.remaining
  }

  it('admit exactly the limit between them', async () => {
    const budget = { key: 'api:shared', limit: 1000, windowSeconds: 3600 }
    const admitted = await admittedBy([budget], 900)
    expect(admitted.reduce((sum, count) => sum + count)).toBe(1000)
    expect(Math.min(...admitted)).toBeGreaterThan(0)
  })

  it('take every call from both of two budgets or from neither', async () => {
    const wide = { key: 'wide:both', limit: 1500, windowSeconds: 3600 }
    const narrow = { key: 'narrow:both', limit: 700, windowSeconds: 3600 }
    const admitted = await admittedBy([wide, narrow], 600)
    expect(admitted.reduce((sum, count) => sum + count)).toBe(700)
    expect([await left(wide), await left(narrow)]).toEqual([800, 0])
  })
})
