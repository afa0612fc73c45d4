import { createTenantry, isTenantryError, type TenantryOptions } from 'tenantry'
import { memoryStore } from 'tenantry/memory'
import { plainHasher } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'
import { admin, createHost, password, plans, signUp, transfer } from '../support/host.js'

const issuesOf = (options: object): readonly string[] => {
  try {
    createTenantry({ store: memoryStore(), ...options } as TenantryOptions)
    return []
  } catch (error) {
    if (!isTenantryError(error, 'invalid_input')) throw error
    return error.details.issues.map(({ path }) => path)
  }
}

describe('createTenantry', () => {
  test('needs a store and nothing else', async () => {
    const tenantry = createTenantry({ store: memoryStore() })
    await tenantry.createFreeTrialPlan()
    const { account, user } = await tenantry.registerTrial({ email: 'ada@example.com', password })
    expect(account).toMatchObject({ status: 'trial', credits: 2000 })
    expect(account.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Math.abs(account.createdAt.getTime() - Date.now())).toBeLessThan(60_000)
    expect((await tenantry.login({ email: user.email, password })).user.id).toBe(user.id)
    expect(await tenantry.throttle({ scope: 'api' })).toMatchObject({ allowed: true, limit: 600 })
    expect(await tenantry.verifyBooks()).toMatchObject({ ok: true, accounts: 1 })
  })

  test('has no plans to write when it was given none', async () => {
    const tenantry = createTenantry({ store: memoryStore() })
    expect(await tenantry.syncPlans()).toEqual({ plans: [] })
  })

  test('takes every option at its bounds', () => {
    expect(
      issuesOf({
        plans,
        trial: { planSlug: 'starter', days: 3650 },
        billing: { pricingUrl: '/plans', supportContact: 'help@example.com', graceDays: 0 },
        sessions: { ttlDays: 365 },
        passwordPolicy: { minLength: 64 },
        throttling: {
          defaults: { api: { limit: 1, windowSeconds: 1 } },
          fallback: { limit: 1, windowSeconds: 1 },
          headers: 'draft-7',
          bypass: () => false,
          onOutage: 'closed',
          timeoutMs: 60_000,
          onOutageChange: () => undefined,
        },
        gateCache: { ttlSeconds: 60, maxEntries: 1, onHearingChange: () => undefined },
      }),
    ).toEqual([])
  })

  const wrong: [name: string, options: object, paths: string[]][] = [
    ['a trial of no days', { trial: { days: 0 } }, ['trial.days']],
    ['a trial of 3,651 days', { trial: { days: 3651 } }, ['trial.days']],
    ['a trial plan that is no slug', { trial: { planSlug: 'Free Trial' } }, ['trial.planSlug']],
    ['negative days of grace', { billing: { graceDays: -1 } }, ['billing.graceDays']],
    ['a session of no days', { sessions: { ttlDays: 0 } }, ['sessions.ttlDays']],
    ['passwords of 7 characters', { passwordPolicy: { minLength: 7 } }, ['passwordPolicy.minLength']],
    ['a throttle of nothing', { throttling: { fallback: { limit: 0, windowSeconds: 1 } } }, ['throttling.fallback.limit']],
    ['a burst above the limit', { throttling: { fallback: { limit: 1, windowSeconds: 1, burst: 2 } } }, ['throttling.fallback.burst']],
    ['headers of no draft', { throttling: { headers: 'draft-8' } }, ['throttling.headers']],
    ['a bypass that is no function', { throttling: { bypass: true } }, ['throttling.bypass']],
    ['an outage that is half open', { throttling: { onOutage: 'ajar' } }, ['throttling.onOutage']],
    ['no time for an answer', { throttling: { timeoutMs: 0 } }, ['throttling.timeoutMs']],
    ['a listener that is no function', { throttling: { onOutageChange: {} } }, ['throttling.onOutageChange']],
    ['a throttle store that is a client', { throttles: { eval: async () => [0] } }, ['throttles']],
    ['a throttle store that is none', { throttles: null }, ['throttles']],
    ['an option that it does not know', { retries: 3 }, ['retries']],
    ['an option within an option that it does not know', { trial: { length: 14 } }, ['trial.length']],
    ['a plan that is none', { plans: { starter: { name: 'Starter' } } }, ['starter.prices']],
  ]
  test.each(wrong)('refuses %s', (_, options, paths) => {
    expect(issuesOf(options)).toEqual(expect.arrayContaining(paths))
  })

  test('asks more of a password when the host does', async () => {
    const host = await createHost({ passwordPolicy: { minLength: 30 } })
    await expect(signUp(host)).rejects.toThrow('use at least 30 characters')
  })
})

describe('withStore', () => {
  test('does the same on another store, with the same options', async () => {
    const host = await createHost({ trial: { planSlug: 'starter', days: 5 } })
    const other = memoryStore()
    const tenantry = host.tenantry.withStore(other)
    await tenantry.syncPlans()
    const { account, subscription } = await tenantry.registerTrial({ email: 'ada@example.com', password })
    expect(account.plan?.slug).toBe('starter')
    expect(subscription.currentPeriodEnd).toEqual(new Date('2026-01-06T00:00:00.000Z'))
    await tenantry.confirmBankTransfer(transfer(account.id), admin)
    expect(await host.tenantry.verifyBooks()).toMatchObject({ accounts: 0 })
    expect(await tenantry.verifyBooks()).toMatchObject({ ok: true, accounts: 1 })
  })

  test('still makes one comparison for a sign-in', async () => {
    const passwords = plainHasher()
    const host = await createHost({ passwords })
    await host.tenantry
      .withStore(memoryStore())
      .login({ email: 'nobody@example.com', password })
      .catch(() => undefined)
    expect(passwords.calls.verify).toBe(1)
  })
})
