import type { ThrottleOutage, ThrottleStore } from 'tenantry'
import { memoryThrottleStore } from 'tenantry/memory'
import { describe, expect, test } from 'vitest'
import { createHost, type HostOptions } from '../support/host.js'

/** A store that can be reached or not. */
function farStore() {
  const inner = memoryThrottleStore()
  const far = { isReachable: true, asked: 0 }
  const store: ThrottleStore = {
    take: async (...call) => {
      far.asked += 1
      if (!far.isReachable) throw Object.assign(new Error('redis://user:secret@host'), { code: 'ECONNREFUSED' })
      return inner.take(...call)
    },
  }
  return { far, store }
}

async function hostWith(throttling: HostOptions['throttling'] = {}) {
  const { far, store } = farStore()
  const lines: unknown[] = []
  const log = (message: string, facts?: object) => lines.push([message, facts])
  const rule = { limit: 2, windowSeconds: 60 }
  const { tenantry, clock } = await createHost({
    throttles: store,
    throttling: { fallback: rule, ...throttling },
    logger: { info: log, warn: log, error: log },
  })
  const call = () => tenantry.throttle({ scope: 'api', ip: '192.0.2.1' })
  return { far, call, lines, clock }
}

describe('a throttle store that cannot be reached', () => {
  test('is asked while it can be', async () => {
    const { call, far } = await hostWith()
    expect([(await call()).allowed, (await call()).allowed, (await call()).allowed]).toEqual([true, true, false])
    expect(far.asked).toBe(3)
  })

  test('leaves the memory of this process to decide, when the host says nothing', async () => {
    const { call, far } = await hostWith()
    far.isReachable = false
    expect([(await call()).allowed, (await call()).allowed, (await call()).allowed]).toEqual([true, true, false])
    expect(far.asked).toBe(1)
  })

  test('lets everybody through where the host wants it open', async () => {
    const { call, far } = await hostWith({ onOutage: 'open' })
    far.isReachable = false
    for (let n = 0; n < 5; n++) {
      expect(await call()).toMatchObject({ allowed: true, limit: 2, remaining: 2, headers: { RateLimit: '"api";r=2;t=0' } })
    }
  })

  test('lets nobody through where the host wants it closed', async () => {
    const { call, far } = await hostWith({ onOutage: 'closed' })
    far.isReachable = false
    for (let n = 0; n < 3; n++) await expect(call()).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(far.asked).toBe(1)
  })

  test('is told of, to the log and to the host, without its secrets', async () => {
    const told: ThrottleOutage[] = []
    const { call, far, lines, clock } = await hostWith({
      onOutageChange: (outage) => {
        told.push(outage)
        throw new Error('of the host')
      },
    })
    far.isReachable = false
    await call()
    await call()
    expect(told).toEqual([{ isOut: true, since: clock(), reason: 'ECONNREFUSED' }])
    expect(lines).toEqual([['The throttle store does not answer.', { since: clock(), reason: 'ECONNREFUSED', onOutage: 'local' }]])
  })
})
