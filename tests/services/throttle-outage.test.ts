import type { ThrottleOutage, ThrottleStore } from 'tenantry'
import { memoryThrottleStore } from 'tenantry/memory'
import { describe, expect, test } from 'vitest'
import { createHost, type HostOptions, password, signUp } from '../support/host.js'
import { stranger, wrong } from '../support/sign-ins.js'

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

describe('sign-ins while the throttle store cannot be reached', () => {
  async function person(onOutage: 'open' | 'closed' | 'local') {
    const { far, store } = farStore()
    const host = await createHost({ throttles: store, throttling: { onOutage } })
    const { user } = await signUp(host)
    const enters = (given: string, ip: string): Promise<string> =>
      host.tenantry.login({ email: user.email, password: given, ip }).then(
        () => 'entered',
        (error: { code?: string }) => error.code ?? String(error),
      )
    const changes = (current: string): Promise<string> =>
      host.tenantry.changePassword({ userId: user.id, current, next: 'another long secret' }).then(
        () => 'changed',
        (error: { code?: string }) => error.code ?? String(error),
      )
    far.isReachable = false
    return { enters, changes }
  }

  test.each(['open', 'closed', 'local'] as const)('are counted in the memory of this process, also with %s for calls', async (policy) => {
    const { enters } = await person(policy)
    expect(await enters(password, stranger(0))).toBe('entered')
    for (let index = 1; index <= 5; index++) expect(await enters(wrong, stranger(index))).toBe('invalid_credentials')
    expect(await enters(password, stranger(6))).toBe('invalid_credentials')
    expect(await enters(password, stranger(0))).toBe('entered')
  })

  test.each(['open', 'closed', 'local'] as const)(
    'are counted by client, and so are tries at changing a password, with %s',
    async (policy) => {
      const { enters, changes } = await person(policy)
      const codes: string[] = []
      for (let index = 0; index < 51; index++) codes.push(await enters(wrong, stranger(0)))
      expect([codes.slice(0, 50).every((code) => code === 'invalid_credentials'), codes[50]]).toEqual([true, 'throttled'])
      for (let index = 0; index < 5; index++) expect(await changes(wrong)).toBe('invalid_credentials')
      expect(await changes(password)).toBe('throttled')
    },
  )
})
