import fc from 'fast-check'
import type { Actor, CreditEntry, PlanChangeResult } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, contentsOf, createHost, expectWholeBooks, ledgerOf, signUp, transfer } from '../support/host.js'
import { doStep, isToBePaid, planCase, planSteps, previewAndChange } from '../support/plan-changes.js'

const seed = 20_260_301

describe('previewPlanChange', () => {
  test('equals the change in 1,000 random cases, and keeps nothing', { timeout: 120_000 }, async () => {
    const seen = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(planCase, async ({ steps, byOwner, ...wish }) => {
        const host = await createHost({ start: '2026-01-31T10:20:30.123Z' })
        const { account, user } = await signUp(host)
        const world = { tenantry: host.tenantry, clock: host.clock, accountId: account.id, tag: 'case' }
        for (const [number, given] of steps.entries()) await doStep(world, given, number)
        const before = await contentsOf(host)
        const actor: Actor = byOwner ? { type: 'user', id: user.id } : admin
        await host.tenantry.previewPlanChange({ accountId: account.id, planSlug: wish.slug, when: wish.when }, actor).catch(() => {})
        expect(await contentsOf(host)).toEqual(before)

        const { preview, again, applied } = await previewAndChange(world, wish, actor)
        expect(again).toEqual(preview)
        if (isToBePaid(applied)) expect(preview).toMatchObject({ requiresPayment: true, amountsDue: applied.details.amountsDue })
        else expect(applied).toEqual(preview)
        const outcome = (applied as { code?: string }).code ?? `changed ${(applied as PlanChangeResult).changed}, ${wish.when}`
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
        if ('changed' in (applied as object)) {
          const { account: after, subscription } = applied as PlanChangeResult
          const stored = await host.tenantry.getAccount({ accountId: account.id })
          if ((applied as PlanChangeResult).changed) expect(stored).toEqual({ account: after, subscription })
        }
        await expectWholeBooks(host, account.id)
      }),
      { numRuns: 1000, seed },
    )
    const common = ['changed true, now', 'changed true, period_end', 'changed false, now', 'payment_required', 'payment_overdue']
    for (const outcome of [...common, 'already_subscribed', 'plan_not_found', 'invalid_transition', 'trial_expired', 'account_suspended']) {
      expect([outcome, seen.get(outcome) ?? 0]).toEqual([outcome, expect.toSatisfy((times: number) => times >= 5)])
    }
  })
})

interface PlanGrant {
  /** Tells the month of one subscription from all others. */
  readonly month: string
  readonly until: string
  readonly amount: number
  readonly isAddition: boolean
}

/** What a ledger says of the credits of paid months. */
const planGrants = (entries: readonly CreditEntry[]): PlanGrant[] =>
  entries
    .filter(({ type, idempotencyKey }) => type === 'subscription' && !idempotencyKey.startsWith('tenantry:trial'))
    .map(({ amount, metadata, idempotencyKey: key }) => ({
      month: key.replace(/:change:\d+$/, ''),
      until: String(metadata['until']),
      amount,
      isAddition: key.includes(':change:'),
    }))

describe('changes of plan', () => {
  test('up and down, with payments between them, never bring a month more than its best plan has', { timeout: 120_000 }, async () => {
    let additions = 0
    await fc.assert(
      fc.asyncProperty(planSteps, async (steps) => {
        const host = await createHost({ start: '2026-01-31T10:20:30.123Z' })
        const { account } = await signUp(host)
        const accountId = account.id
        const world = { tenantry: host.tenantry, clock: host.clock, accountId, tag: 'case' }
        await host.tenantry.confirmBankTransfer({ ...transfer(accountId, 'saver', 2), externalPaymentId: 'first' }, admin)
        // For each month that has its credits and is not over: the best plan that was held meanwhile.
        const best = new Map<string, number>()
        for (const [number, given] of steps.entries()) {
          await doStep(world, given, number)
          const held = (await host.tenantry.getAccount({ accountId })).account.plan?.includedCredits ?? 0
          for (const { month, until } of planGrants(await ledgerOf(host, accountId))) {
            if (new Date(until) > host.clock()) best.set(month, Math.max(best.get(month) ?? 0, held))
          }
        }
        const grants = planGrants(await ledgerOf(host, accountId))
        additions += grants.filter(({ isAddition }) => isAddition).length
        for (const month of new Set(grants.map((each) => each.month))) {
          const ofMonth = grants.filter((each) => each.month === month)
          const first = ofMonth.find(({ isAddition }) => !isAddition)?.amount ?? 0
          const sum = ofMonth.reduce((total, { amount }) => total + amount, 0)
          expect([month, sum]).toEqual([month, expect.toSatisfy((credits: number) => credits <= Math.max(first, best.get(month) ?? 0))])
        }
        await expectWholeBooks(host, accountId)
      }),
      { numRuns: 300, seed },
    )
    expect(additions).toBeGreaterThan(100)
  })
})
