import assert from 'node:assert/strict'
import type { ThrottleRequest, ThrottleStore } from '../../ports/throttle-store.js'
import { admitted, at, budget, dice, exhaust, hourMs, rules, type ThrottleCases, take } from './world.js'

/** Takes `cost` whenever it fits, until `untilMs` or until more than `promised` was admitted; answers how much was. */
async function takeAll(store: ThrottleStore, request: ThrottleRequest, cost: number, untilMs: number, promised: number): Promise<number> {
  let sum = 0
  for (let now = 0; now <= untilMs && sum <= promised; ) {
    const { allowed, retryAfterMs } = await take(store, request, at(now), cost)
    if (allowed) sum += cost
    else now += Math.max(1, retryAfterMs)
  }
  return sum
}

/** Promises about how a budget comes back. */
export const refillCases: ThrottleCases = {
  'a refused call fits exactly after its wait and not a millisecond before': async (store) => {
    for (const [index, rule] of rules.entries()) {
      for (const cost of new Set([1, Math.ceil(rule.limit / 2), rule.limit])) {
        const request = { ...rule, key: `scope-${index}-${cost}` }
        await exhaust(store, request, at(0))
        const { retryAfterMs } = await take(store, request, at(0), cost)
        assert.equal((await take(store, request, at(retryAfterMs - 1), cost)).allowed, false)
        assert.equal((await take(store, request, at(retryAfterMs), cost)).allowed, true)
      }
    }
  },
  'an allowed call has no wait, a refused one has': async (store) => {
    assert.equal((await take(store, budget(1, 60), at(0))).retryAfterMs, 0)
    assert.equal((await take(store, budget(1, 60), at(0))).retryAfterMs, 60_000)
    assert.equal((await take(store, budget(1, 60), at(59_999))).retryAfterMs, 1)
  },
  'a budget is whole exactly when it says so and not a millisecond before': async (store) => {
    for (const [index, rule] of rules.entries()) {
      const request = { ...rule, key: `scope-${index}` }
      const { resetMs } = await take(store, request, at(0), Math.ceil(rule.limit / 2))
      assert.equal((await take(store, request, at(resetMs - 1), rule.limit)).allowed, false)
      assert.equal((await take(store, request, at(resetMs), rule.limit)).allowed, true)
    }
  },
  'an exhausted budget gives its calls back one by one': async (store) => {
    await exhaust(store, budget(10, 60), at(0))
    for (let now = 1000; now <= 60_000; now += 1000) {
      assert.equal(await admitted(store, budget(10, 60), 3, at(now)), now % 6000 === 0 ? 1 : 0)
    }
  },
  'a budget that was whole for long is not larger than its limit': async (store) => {
    await exhaust(store, budget(10, 60), at(0))
    assert.equal(await admitted(store, budget(10, 60), 25, at(24 * hourMs)), 10)
  },
  'an hour of asking gets all that the rule promises and no call more': async (store) => {
    for (const { limit, cost } of [
      { limit: 7, cost: 1 },
      { limit: 60, cost: 5 },
      { limit: 700, cost: 70 },
    ]) {
      const promised = limit + limit * 60
      const sum = await takeAll(store, budget(limit, 60, `scope-${limit}`), cost, hourMs, promised)
      assert.ok(sum <= promised && sum > promised - 2 * cost, `${sum} calls admitted where ${promised} are promised`)
    }
  },
  'what remains can be taken at once, and one more cannot': async (store) => {
    const roll = dice(11)
    for (let round = 0; round < 60; round++) {
      const request = budget(1 + roll(20), 1 + roll(90), `scope-${round}`)
      await take(store, request, at(0), 1 + roll(request.limit))
      const now = at(roll(30_000))
      const { remaining } = await take(store, request, now, request.limit + 1)
      assert.equal((await take(store, request, now, remaining + 1)).allowed, false)
      if (remaining > 0) assert.equal((await take(store, request, now, remaining)).allowed, true)
    }
  },
}
