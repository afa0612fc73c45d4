import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { allAtOnce, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('sign-ups at once on a real server', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
  })
  afterAll(() => world.close())

  const spellings = ['ada@example.com', 'ADA@example.com', '  Ada@Example.COM ', 'ada@EXAMPLE.com\t', 'aDa@example.com']

  it('make one account out of 100 calls with one e-mail in different spellings', async () => {
    const calls = times(100, (index) => () => world.tenantry.registerTrial({ email: spellings[index % spellings.length] ?? '' }))
    const { results, codes } = await allAtOnce(calls)

    expect(results).toHaveLength(1)
    expect(codes).toEqual(times(99, () => 'email_taken'))
    const [counts] = await world.query<Record<string, string>>(`select
      (select count(*) from tenantry_user) as users, (select count(*) from tenantry_account) as accounts,
      (select count(*) from tenantry_membership) as memberships, (select count(*) from tenantry_subscription) as subscriptions,
      (select count(*) from tenantry_credit_entry) as entries, (select sum(amount) from tenantry_credit_entry) as credits`)
    expect(counts).toEqual({ users: '1', accounts: '1', memberships: '1', subscriptions: '1', entries: '1', credits: '2000' })
  })

  it('make one person out of 40 calls with one external id', async () => {
    const calls = times(40, (index) => () => world.tenantry.registerTrial({ email: `p${index}@example.com`, externalUserId: 'sso|1' }))
    const { results, codes } = await allAtOnce(calls)
    expect(results).toHaveLength(1)
    expect(new Set(codes)).toEqual(new Set(['external_user_id_taken']))
  })

  it('of different people all succeed', async () => {
    const { results, codes } = await allAtOnce(times(60, (index) => () => world.tenantry.registerTrial({ email: `q${index}@example.com` })))
    expect(codes).toEqual([])
    expect(results).toHaveLength(60)
    expect((await world.tenantry.verifyBooks()).problems).toEqual([])
  })

  it('of twenty processes write the catalogue once', async () => {
    await Promise.all(times(20, () => world.tenantry.syncPlans()))
    expect((await world.tenantry.listPlans()).items.map((plan) => plan.slug).sort()).toEqual(['free-trial', 'starter'])
  })
})
