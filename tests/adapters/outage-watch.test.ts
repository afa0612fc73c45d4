import { TenantryError, type ThrottleDecision, type ThrottleOutage, type ThrottleStore } from 'tenantry'
import { memoryThrottleStore } from 'tenantry/memory'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watchForOutage } from '../../src/adapters/node/outage-watch.js'
import { withStandIn } from '../../src/adapters/node/stand-in.js'

const now = Date.parse('2026-03-01T12:00:00.123Z')
const request = { key: 'api:one', limit: 5, windowSeconds: 60, burst: 3 }
const fine: ThrottleDecision = { allowed: true, states: [{ key: 'api:one', remaining: 2, resetMs: 12_000, retryAfterMs: 0 }] }

type Take = () => ThrottleDecision | Promise<ThrottleDecision>

/** A store that answers as told next, and the watch over it. */
function watched(first: Take) {
  const told: ThrottleOutage[] = []
  const store = { next: first, asked: 0 }
  const inner: ThrottleStore = {
    take() {
      store.asked += 1
      return store.next()
    },
  }
  const watch = watchForOutage(inner, { timeoutMs: 500, onChange: (outage) => told.push(outage) })
  return { store, told, watch, take: async () => watch.take([request], 1, now) }
}

const refused = () => Promise.reject(Object.assign(new Error('redis://:secret@host'), { code: 'ECONNREFUSED' }))
const ours = (cause: unknown) => new TenantryError('store_unavailable', { operation: 'throttle' }, { cause })
const coded = (code: string, cause: unknown) => Object.assign(new Error(code, { cause }), { code })
const circular: Error = coded('round', undefined)
circular.cause = circular
const unavailable = { code: 'store_unavailable', message: 'The store of the throttle could not answer. Try again.' }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a store that is watched', () => {
  it('answers at once where it can, and as it does', async () => {
    const { watch, take, store } = watched(() => fine)
    expect(watch.take([request], 1, now)).toBe(fine)
    store.next = async () => fine
    expect(await take()).toBe(fine)
    expect(vi.getTimerCount()).toBe(0)
  })

  const garbage = [undefined, null, 'OK', {}, { allowed: true }, { allowed: true, states: [] }, { allowed: 1, states: fine.states }]
  const failures: [string, string, Take][] = [
    ['rejects', 'ECONNREFUSED', refused],
    [
      'throws',
      'failed',
      () => {
        throw new Error('secret')
      },
    ],
    [
      'throws nothing much',
      'failed',
      () => {
        throw null
      },
    ],
    ['rejects with a code that is none', 'failed', () => Promise.reject(Object.assign(new Error('x'), { code: 'postgres://u:p@h' }))],
    [
      'rejects for a reason further down',
      'EPIPE',
      () => Promise.reject(new Error('x', { cause: Object.assign(new Error('y'), { code: 'EPIPE' }) })),
    ],
    [
      'rejects with an error of ours that hides the reason',
      'ECONNREFUSED',
      () => refused().catch((cause) => Promise.reject(ours(new Error('x', { cause })))),
    ],
    ['rejects with an error of ours that has no reason', 'failed', () => Promise.reject(ours(new Error('secret')))],
    ['rejects with codes all the way down', 'inner', () => Promise.reject(coded('outer', coded('middle', coded('inner', new Error('x')))))],
    ['rejects with an error that is its own cause', 'round', () => Promise.reject(circular)],
    ...garbage.flatMap((answer): [string, string, Take][] => [
      [`answers ${JSON.stringify(answer)}`, 'bad_answer', () => answer as unknown as ThrottleDecision],
      [`promises ${JSON.stringify(answer)}`, 'bad_answer', async () => answer as unknown as ThrottleDecision],
    ]),
    [
      'answers with a state that is none',
      'bad_answer',
      async () => ({ allowed: true, states: [{ key: 'api:one', remaining: Number.NaN, resetMs: 0, retryAfterMs: 0 }] }),
    ],
  ]
  it.each(failures)('is out when it %s, for the reason %s', async (_, reason, next) => {
    const { take, told } = watched(next)
    await expect(take()).rejects.toMatchObject(unavailable)
    expect(told).toEqual([{ isOut: true, since: new Date(now), reason }])
  })

  it('is out when it takes longer than its time, and what it says later changes nothing', async () => {
    let answerLate = (_: ThrottleDecision): void => undefined
    const { take, told } = watched(() => new Promise((resolve) => (answerLate = resolve)))
    const call = expect(take()).rejects.toMatchObject(unavailable)
    await vi.advanceTimersByTimeAsync(499)
    expect(told).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await call
    answerLate(fine)
    await vi.advanceTimersByTimeAsync(0)
    expect(told).toEqual([{ isOut: true, since: new Date(now), reason: 'no_answer' }])
  })

  it('is not asked for a second, then by one call, until that finds it back', async () => {
    const { take, told, store } = watched(refused)
    await expect(take()).rejects.toMatchObject(unavailable)
    vi.advanceTimersByTime(999)
    await expect(take()).rejects.toMatchObject(unavailable)
    expect(store.asked).toBe(1)

    vi.advanceTimersByTime(1)
    await Promise.allSettled([take(), take(), take()])
    expect(store.asked).toBe(2)
    await expect(take()).rejects.toMatchObject(unavailable)
    expect(store.asked).toBe(2)
    expect(told).toHaveLength(1)

    vi.advanceTimersByTime(1000)
    store.next = async () => fine
    const [first, second] = await Promise.allSettled([take(), take()])
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected'])
    expect(told).toEqual([
      { isOut: true, since: new Date(now), reason: 'ECONNREFUSED' },
      { isOut: false, since: new Date(now), reason: 'ECONNREFUSED' },
    ])
    expect(await take()).toBe(fine)
  })

  it('tells of one outage when many calls fail at the same time, and of the next one anew', async () => {
    const { take, told, store } = watched(refused)
    await Promise.allSettled([take(), take(), take()])
    expect(store.asked).toBe(3)
    expect(told).toHaveLength(1)
    vi.advanceTimersByTime(1000)
    store.next = () => fine
    await take()
    store.next = refused
    await Promise.allSettled([take()])
    expect(told.map(({ isOut }) => isOut)).toEqual([true, false, true])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('of the host')
      },
    ],
    ['rejects', () => Promise.reject(new Error('of the host'))],
  ])('does not mind a listener that %s', async (_, onChange) => {
    const watch = watchForOutage({ take: refused }, { timeoutMs: 500, onChange })
    await expect(watch.take([request], 1, now)).rejects.toMatchObject(unavailable)
    await vi.advanceTimersByTimeAsync(0)
  })
})

describe('what stands in for a store that is out', () => {
  const out: ThrottleStore = watchForOutage({ take: refused }, { timeoutMs: 500, onChange: () => undefined })

  it('lets everybody through when it is open', async () => {
    const store = withStandIn(out, 'open', memoryThrottleStore())
    for (let call = 0; call < 10; call++) {
      const states = [{ key: 'api:one', remaining: 3, resetMs: 0, retryAfterMs: 0 }]
      expect(await store.take([request], 1, now)).toEqual({ allowed: true, states })
    }
  })

  it('lets nobody through when it is closed', async () => {
    const store = withStandIn(out, 'closed', memoryThrottleStore())
    await expect((async () => store.take([request], 1, now))()).rejects.toMatchObject(unavailable)
  })

  it('is the memory of this process when it is local', async () => {
    const store = withStandIn(out, 'local', memoryThrottleStore())
    const answers: boolean[] = []
    for (let call = 0; call < 5; call++) answers.push((await store.take([request], 1, now)).allowed)
    expect(answers).toEqual([true, true, true, false, false])
  })

  it('is not asked while the store answers, which may be at once', async () => {
    const store = withStandIn({ take: () => fine }, 'local', out)
    expect(store.take([request], 1, now)).toBe(fine)
    expect(await withStandIn({ take: async () => fine }, 'open', out).take([request], 1, now)).toBe(fine)
  })

  it('does not hide any other error', async () => {
    const broken: ThrottleStore = { take: () => Promise.reject(new TypeError('a bug')) }
    await expect(withStandIn(broken, 'open', out).take([request], 1, now)).rejects.toThrow('a bug')
  })
})
