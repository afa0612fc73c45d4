import { createTenantry, freeTrialPlan, type Tenantry } from 'tenantry'
import { memoryStore } from 'tenantry/memory'
import { manualClock, plainHasher, sequentialIds } from 'tenantry/testing'
import { describe, expect, it } from 'vitest'
import type { App } from '../../examples/shared/app.js'
import { sitesPage } from '../../examples/shared/pages/sites.js'
import { recentUse, useByDay } from '../../examples/shared/routes/usage.js'

/** An account with these credits of its trial, and what the page is made of. */
async function customer(includedCredits = 2000) {
  const clock = manualClock('2026-01-01T09:00:00Z')
  const tenantry = createTenantry({
    store: memoryStore(),
    plans: { 'free-trial': { ...freeTrialPlan, includedCredits } },
    clock,
    newId: sequentialIds(),
    passwords: plainHasher(),
  })
  await tenantry.syncPlans()
  const { account, user, subscription } = await tenantry.registerTrial({ email: 'ada@example.com' })
  const reads: (string | undefined)[] = []
  const watched: Pick<Tenantry, 'listCreditEntries' | 'usageReport'> = {
    usageReport: tenantry.usageReport,
    listCreditEntries: (input) => {
      reads.push(input.before)
      return tenantry.listCreditEntries(input)
    },
  }
  const app = { tenantry: watched, clock } as unknown as App
  const spend = (times: number) =>
    Promise.all(
      Array.from({ length: times }, (_, index) =>
        tenantry.spendCredits({ accountId: account.id, amount: 1, operation: 'x', idempotencyKey: `${clock().toISOString()} ${index}` }),
      ),
    )
  return { tenantry, clock, app, accountId: account.id, spend, reads, account, user, subscription }
}

describe('recent use', () => {
  it('reads no further back than it shows', async () => {
    const { tenantry, app, accountId, clock, spend, reads } = await customer()
    await spend(450)
    clock.advance({ days: 29 }) // to the last day on which the first still counts
    expect(await recentUse(app, accountId)).toMatchObject({ entries: { length: 451 }, isCut: false, byDay: [{ spent: 450 }] })
    expect(reads).toEqual([undefined, '252', '52'])
    reads.length = 0
    clock.advance({ days: 1 })
    const gift = { accountId, amount: 10, type: 'promotion', idempotencyKey: 'gift' } as const
    await tenantry.grantCredits(gift, { type: 'admin', id: 'tests' }) // those of the trial have lapsed
    await spend(10)
    const { entries, isCut, byDay, byOperation } = await recentUse(app, accountId)
    expect([entries.length, isCut, byDay, byOperation]).toEqual([
      200,
      false,
      [{ key: '2026-01-31', spent: 10, refunded: 0, count: 10 }],
      [{ key: 'x', spent: 10, refunded: 0, count: 10 }],
    ])
    expect(reads).toEqual([undefined])
    expect(await useByDay(app, accountId)).toEqual([{ day: '2026-01-31', spent: 10, entries: 10 }])
  })

  it('stops at a thousand entries, and knows that there are more', async () => {
    const { app, accountId, spend } = await customer()
    await spend(999)
    expect(await recentUse(app, accountId)).toMatchObject({ entries: { length: 1000 }, isCut: false })
  })

  it('says of the busiest accounts that their line is of the last changes', async () => {
    const { app, accountId, spend, ...more } = await customer()
    await spend(1000)
    const use = await recentUse(app, accountId)
    expect([use.entries.length, use.isCut, use.byDay[0]?.spent]).toEqual([1000, true, 1000])
    const page = sitesPage({ ...more, use, balance: 1000 })
    expect(page).toContain('In the last 1,000 changes')
    expect(page).toContain('It begins at 2,000 and ends at 1,000 credits, after 1,000 changes')
    expect(page).toContain('1,000 credits in 30 days, by operation')
  })
})

describe('the page of a customer', () => {
  it('draws nothing where there is nothing, and says so', async () => {
    const { app, accountId, ...more } = await customer(0)
    const use = await recentUse(app, accountId)
    const page = sitesPage({ ...more, use, balance: 0 })
    expect(page).not.toContain('<svg')
    for (const words of ['There are no credits yet', 'Nothing was used in the last 30 days.', 'None yet.']) expect(page).toContain(words)
  })

  it('draws one entry', async () => {
    const { app, accountId, ...more } = await customer()
    const page = sitesPage({ ...more, use: await recentUse(app, accountId), balance: 2000 })
    expect(page.match(/<svg/g)).toHaveLength(2) // the chart and the plane in it
    expect(page).toContain('It begins at 0 and ends at 2,000 credits, after 1 change; the lowest is 0, the highest 2,000.')
    expect(page).toContain('Since the account began')
    expect(page).not.toContain('NaN')
  })
})
