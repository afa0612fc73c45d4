import { freeTrialPlan, type PlanDefinition } from 'tenantry'
import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  contentsOf,
  createHost,
  type Host,
  plans,
  signUp,
  system,
  type WrongInputs,
  wrongFieldsOf,
} from '../support/host.js'

const basic: PlanDefinition = {
  name: 'Basic',
  prices: [{ amountMinor: 500, currency: 'USD' }],
  billingCycle: 'monthly',
  includedCredits: 10,
  limits: { maxSites: 1, maxUsers: null },
}

const find = async ({ tenantry }: Host, slug: string) => (await tenantry.listPlans()).items.find((plan) => plan.slug === slug)

describe('syncPlans', () => {
  test('writes the catalogue that the host was made with, in its order', async () => {
    const host = await createHost()
    const { plans: written } = await host.tenantry.syncPlans()
    expect(written.map(({ slug }) => slug)).toEqual(Object.keys(plans))
    expect(await find(host, 'starter')).toEqual({
      id: expect.any(String),
      slug: 'starter',
      name: 'Starter',
      prices: [{ amountMinor: 2999, currency: 'USD' }],
      billingCycle: 'monthly',
      includedCredits: 5000,
      limits: { maxSites: 3 },
      throttles: { api: { limit: 3, windowSeconds: 60 } },
      isActive: true,
      creditRollover: 'none',
    })
  })

  test('changes nothing when it is run again', async () => {
    const host = await createHost()
    const before = await contentsOf(host)
    const first = await host.tenantry.syncPlans()
    host.clock.advance({ days: 1 })
    expect(await host.tenantry.syncPlans()).toEqual(first)
    expect(await contentsOf(host)).toEqual(before)
  })

  test('brings a known plan up to date under its id, and leaves the others', async () => {
    const host = await createHost()
    const { account } = await signUp(host)
    const [starter, pro] = [await find(host, 'starter'), await find(host, 'pro')]
    const { plans: written } = await host.tenantry.syncPlans({ starter: basic })
    expect(written).toEqual([{ ...basic, id: starter?.id, slug: 'starter', throttles: {}, isActive: true, creditRollover: 'none' }])
    expect(await find(host, 'pro')).toEqual(pro)
    expect((await host.tenantry.getAccount({ accountId: account.id })).account).toEqual(account)
  })

  test('keeps what an administrator set, unless the catalogue says otherwise', async () => {
    const host = await createHost()
    await host.tenantry.setPlanActive({ slug: 'starter', isActive: false }, admin)
    await host.tenantry.syncPlans()
    expect((await find(host, 'starter'))?.isActive).toBe(false)
    await host.tenantry.syncPlans({ starter: { ...basic, isActive: true } })
    expect((await find(host, 'starter'))?.isActive).toBe(true)
  })

  test('may be run by many at the same time', async () => {
    const { tenantry } = await createHost()
    await Promise.all(Array.from({ length: 20 }, () => tenantry.syncPlans({ basic, starter: basic })))
    expect((await tenantry.listPlans()).items).toHaveLength(Object.keys(plans).length + 1)
  })

  const wrong: WrongInputs = [
    ['a price that is no integer', { prices: [{ amountMinor: 29.99, currency: 'USD' }] }],
    ['a negative price', { prices: [{ amountMinor: -1, currency: 'USD' }] }],
    ['a currency that is none', { prices: [{ amountMinor: 1, currency: 'usd' }] }],
    [
      'two prices in one currency',
      {
        prices: [
          { amountMinor: 1, currency: 'USD' },
          { amountMinor: 2, currency: 'USD' },
        ],
      },
    ],
    ['a cycle that is none', { billingCycle: 'weekly' }],
    ['negative credits', { includedCredits: -1 }],
    ['a part of a credit', { includedCredits: 0.5 }],
    ['a negative limit', { limits: { maxSites: -1 } }],
    ['a throttle of nothing', { throttles: { api: { limit: 0, windowSeconds: 60 } } }],
    ['a burst of nothing', { throttles: { api: { limit: 3, windowSeconds: 60, burst: 0 } } }],
    ['a burst above the limit', { throttles: { api: { limit: 3, windowSeconds: 60, burst: 4 } } }],
    ['a roll-over that is none', { creditRollover: 'some' }],
    ['a roll-over of nothing', { creditRollover: { cap: 0 } }],
    ['a blank name', { name: ' ' }],
    ['a slug that is not its key', { slug: 'other' }],
    ['a field that it does not know', { price: 5 }],
  ]
  test.each(wrong)('refuses %s, and writes none of the plans then', async (_, input) => {
    const host = await createHost()
    const catalogue = { good: basic, poor: { ...basic, ...input } as PlanDefinition }
    const fields = await wrongFieldsOf(host, () => host.tenantry.syncPlans(catalogue))
    expect(fields.map((field) => field.split('.').slice(0, 2).join('.'))).toEqual(Object.keys(input).map((field) => `poor.${field}`))
  })

  test('refuses slugs that are none', async () => {
    const host = await createHost()
    for (const slug of ['Basic', 'basic plan', '-basic', 'x'.repeat(65), '']) {
      expect((await cleanRefusalOf(host, () => host.tenantry.syncPlans({ [slug]: basic }))).code).toBe('invalid_input')
    }
  })
})

describe('createFreeTrialPlan', () => {
  test('writes the plan of the trial, once', async () => {
    const { tenantry } = await createHost({ plans: {} })
    expect((await tenantry.listPlans()).items).toEqual([])
    const { plan } = await tenantry.createFreeTrialPlan()
    expect(plan).toEqual({ ...freeTrialPlan, id: plan.id })
    expect(plan).toMatchObject({
      slug: 'free-trial',
      name: 'Free Trial',
      includedCredits: 2000,
      limits: { maxSites: 1, maxUsers: 1, maxIndustries: 3 },
      isActive: true,
    })
    expect(await tenantry.createFreeTrialPlan()).toEqual({ plan })
    expect((await tenantry.listPlans()).items).toEqual([plan])
  })
})

describe('listPlans', () => {
  test('lists all plans, active or not, page by page, the newest first', async () => {
    const host = await createHost()
    await host.tenantry.setPlanActive({ slug: 'pro', isActive: false }, admin)
    host.clock.advance(1)
    await host.tenantry.syncPlans({ basic })
    const seen: string[] = []
    let before: string | undefined
    do {
      const { items, next } = await host.tenantry.listPlans({ limit: 3, before })
      seen.push(...items.map(({ slug }) => slug))
      before = next ?? undefined
    } while (before !== undefined)
    expect(seen[0]).toBe('basic')
    expect([...seen].sort()).toEqual([...Object.keys(plans), 'basic'].sort())
    expect(await wrongFieldsOf(host, () => host.tenantry.listPlans({ before: 'x' }))).toEqual(['before'])
  })
})

describe('setPlanActive', () => {
  test.each([admin, system])('takes a plan off sale and puts it back, for the actor %o, and writes it down', async (actor) => {
    const host = await createHost()
    const starter = await find(host, 'starter')
    const result = await host.tenantry.setPlanActive({ slug: 'starter', isActive: false }, actor)
    expect(result).toEqual({ plan: { ...starter, isActive: false } })
    expect(await find(host, 'starter')).toEqual(result.plan)
    expect((await host.tenantry.listAuditEntries()).items).toEqual([
      {
        id: expect.any(String),
        accountId: null,
        actor,
        action: 'setPlanActive',
        reason: null,
        before: { slug: 'starter', isActive: true },
        after: { slug: 'starter', isActive: false },
        createdAt: host.clock(),
      },
    ])
    expect(await host.tenantry.setPlanActive({ slug: 'starter', isActive: true }, actor)).toEqual({ plan: starter })
  })

  test('refuses customers, and a plan that is not there', async () => {
    const host = await createHost()
    for (const type of ['user', 'api_key'] as const) {
      const call = () => host.tenantry.setPlanActive({ slug: 'starter', isActive: false }, { type, id: 'x' })
      expect(await cleanRefusalOf(host, call)).toEqual({ code: 'forbidden', details: { action: 'change plans' } })
    }
    expect(await cleanRefusalOf(host, () => host.tenantry.setPlanActive({ slug: 'gold', isActive: true }, admin))).toEqual({
      code: 'plan_not_found',
      details: { planSlug: 'gold' },
    })
    expect(await wrongFieldsOf(host, () => host.tenantry.setPlanActive({ slug: 'A', isActive: 1 } as never, admin))).toEqual([
      'slug',
      'isActive',
    ])
  })
})
