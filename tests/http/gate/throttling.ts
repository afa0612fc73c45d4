import { expect, it } from 'vitest'
import { apiKey, bearer, expectRefusal, type GateCustomer, type GateWorld, remaining, spend, usage } from './world.js'

const limit = 120
const interval = 60 / limit

/** Budgets: whose they are, and what callers are told of them. */
export function throttlingCases(world: () => GateWorld): void {
  const useUp = async ({ accountId }: GateCustomer) => {
    const taken = await world().server.app.tenantry.throttle({ scope: 'api', accountId, cost: limit })
    expect(taken.allowed).toBe(true)
  }

  it('counts down call by call, and says when the budget is whole again', async () => {
    const { key } = await world().signUp()
    for (let call = 1; call <= 5; call += 1) {
      const answer = await world().ask(usage, apiKey(key))
      expect(answer.header('ratelimit-policy')).toBe(`"api";q=${limit};w=60`)
      expect(answer.header('ratelimit')).toBe(`"api";r=${limit - call};t=${Math.ceil(call * interval)}`)
    }
  })

  it('lets in exactly as many of a crowd as there is room for, and tells the others when to come again', async () => {
    const { key } = await world().signUp()
    const crowd = await Promise.all(Array.from({ length: limit + 30 }, () => world().ask(usage, apiKey(key))))
    expect(crowd.filter(({ status }) => status === 200)).toHaveLength(limit)
    const refused = crowd.filter(({ status }) => status !== 200)
    for (const answer of refused) {
      expectRefusal(answer, 429, 'throttled')
      expect(answer.header('ratelimit')).toBe('"api";r=0;t=1')
      expect(answer.header('retry-after')).toBe('1')
    }
    expect(refused).toHaveLength(30)
    world().wait(1)
    expect(await world().ask(usage, apiKey(key))).toMatchObject({ status: 200 })
  })

  it('has one budget for all sessions and keys of an account, and another one for each other account', async () => {
    const [busy, other] = [await world().signUp(), await world().signUp()]
    await useUp(busy)
    for (const headers of [bearer(busy.session), apiKey(busy.key), apiKey(busy.readingKey)]) {
      expectRefusal(await world().ask(usage, headers), 429, 'throttled')
      expectRefusal(await world().ask(spend, headers, { amount: 1, operation: 'x' }), 429, 'throttled')
    }
    expect(remaining(await world().ask(usage, apiKey(other.key)))).toBe(limit - 1)
  })

  it('takes nothing for a call that was throttled', async () => {
    const customer = await world().signUp()
    await useUp(customer)
    for (let call = 0; call < 20; call += 1) expectRefusal(await world().ask(usage, apiKey(customer.key)), 429, 'throttled')
    world().wait(10)
    expect(remaining(await world().ask(usage, apiKey(customer.key)))).toBe(10 / interval - 1)
  })

  it('counts callers who are not known by their address, apart from all accounts', async () => {
    const { key } = await world().signUp()
    const crowd = await Promise.all(Array.from({ length: limit + 10 }, () => world().ask(usage)))
    expect(crowd.filter(({ status }) => status === 401)).toHaveLength(limit)
    for (const answer of crowd.filter(({ status }) => status !== 401)) expectRefusal(answer, 429, 'throttled')
    expectRefusal(await world().ask(usage, apiKey('wrong')), 429, 'throttled')
    expect(remaining(await world().ask(usage, apiKey(key)))).toBe(limit - 1)
  })
}
