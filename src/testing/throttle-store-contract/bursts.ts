import assert from 'node:assert/strict'
import type { ThrottleRequest } from '../../ports/throttle-store.js'
import { admitted, at, budget, exhaust, hourMs, rules, type ThrottleCases, take } from './world.js'

/** Ten calls a minute, three of them at once. */
const three: ThrottleRequest = { ...budget(10, 60), burst: 3 }

/** Promises about rules that allow fewer calls at once than their limit. */
export const burstCases: ThrottleCases = {
  'a whole budget admits exactly its burst at once': async (store) => {
    for (const [index, rule] of rules.entries()) {
      for (const burst of new Set([1, Math.ceil(rule.limit / 3), rule.limit])) {
        const request = { ...rule, burst, key: `scope-${index}-${burst}` }
        assert.equal(await admitted(store, request, burst + 3, at(0)), burst)
      }
    }
  },
  'what remains counts down from the burst': async (store) => {
    const left: number[] = []
    for (let call = 0; call < 4; call++) left.push((await take(store, three, at(0))).remaining)
    assert.deepEqual(left, [2, 1, 0, 0])
  },
  'a burst that is used up comes back one call per interval of the rule': async (store) => {
    await exhaust(store, three, at(0))
    for (let now = 1000; now <= 60_000; now += 1000) {
      assert.equal(await admitted(store, three, 3, at(now)), now % 6000 === 0 ? 1 : 0)
    }
  },
  'its wait and its reset are to the millisecond': async (store) => {
    const { resetMs } = await exhaust(store, three, at(0))
    assert.equal(resetMs, 18_000)
    const refused = await take(store, three, at(0), 2)
    assert.deepEqual([refused.allowed, refused.remaining, refused.resetMs, refused.retryAfterMs], [false, 0, 18_000, 12_000])
    assert.equal((await take(store, three, at(11_999), 2)).allowed, false)
    assert.equal((await take(store, three, at(12_000), 2)).allowed, true)
  },
  'a budget that was whole for long is not larger than its burst': async (store) => {
    await exhaust(store, three, at(0))
    assert.equal(await admitted(store, three, 10, at(24 * hourMs)), 3)
  },
  'a cost above the burst is refused always, with the window as its wait, and consumes nothing': async (store) => {
    const refused = await take(store, three, at(0), 4)
    assert.deepEqual([refused.allowed, refused.remaining, refused.resetMs, refused.retryAfterMs], [false, 3, 0, 60_000])
    assert.equal((await take(store, three, at(hourMs), 4)).allowed, false)
    assert.equal(await admitted(store, three, 5, at(hourMs)), 3)
  },
  'a burst of the whole limit is the same as none': async (store) => {
    const [plain, same] = [budget(10, 60, 'plain'), { ...budget(10, 60, 'same'), burst: 10 }]
    for (const [ms, cost] of [[0, 4] as const, [0, 7] as const, [3000, 6] as const, [9000, 10] as const, [90_000, 10] as const]) {
      const { key: _, ...expected } = await take(store, plain, at(ms), cost)
      const { key: __, ...answer } = await take(store, same, at(ms), cost)
      assert.deepEqual(answer, expected)
    }
  },
  'one budget bounds the burst and another the day': async (store) => {
    const [minute, day] = [three, budget(5, 86_400, 'daily:account-1')]
    let count = 0
    for (let now = 0; now <= 60_000; now += 6000) {
      for (let call = 0; call < 3; call++) if ((await store.take([minute, day], 1, at(now))).allowed) count += 1
      assert.equal(count, Math.min(5, 3 + now / 6000))
    }
  },
  'a burst that became smaller closes a budget for no longer than it takes to come back': async (store) => {
    await exhaust(store, budget(10, 60), at(0))
    const { retryAfterMs } = await take(store, three, at(0))
    assert.ok(retryAfterMs <= 60_000, `a wait of ${retryAfterMs} ms`)
    assert.equal((await take(store, three, at(retryAfterMs))).allowed, true)
  },
}
