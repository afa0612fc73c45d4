import fc from 'fast-check'
import { isTenantryError } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { eagerCredits, type ModelPlan } from '../support/eager-credits.js'
import { admin, createHost, expectWholeBooks, plans, refusalOf, signUp, transfer } from '../support/host.js'

const sold = ['starter', 'saver', 'capped'] as const
const modelOf = (slug: (typeof sold)[number]): ModelPlan => {
  const plan = plans[slug]
  return { monthly: plan.includedCredits, rollover: 'creditRollover' in plan ? plan.creditRollover : 'none' }
}

const amount = fc.oneof(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 9000 }))
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('spend' as const), amount }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      amount,
      days: fc.option(fc.integer({ min: 1, max: 70 })),
      priority: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('adjust' as const), amount, isMore: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pay' as const), slug: fc.constantFrom(...sold), months: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      hours: fc.oneof(fc.integer({ min: 0, max: 24 * 9 }), fc.integer({ min: 0, max: 24 * 80 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait to the month' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

async function walk(day: number, steps: readonly Step[]): Promise<void> {
  const start = Date.UTC(2026, 0, day, 10)
  const host = await createHost({ start: new Date(start).toISOString() })
  const { tenantry, clock } = host
  const { account } = await signUp(host)
  const accountId = account.id
  const model = eagerCredits(start, { credits: 2000, days: 14 })
  const moveTo = (moment: number): void => {
    clock.set(new Date(moment))
    model.moveTo(moment)
  }

  const take = async (wanted: number, call: Promise<{ balance: number }>): Promise<void> => {
    if (model.take(wanted)) expect((await call).balance).toBe(model.balance())
    else expect(await refusalOf(call)).toMatchObject({ code: 'insufficient_credits', details: { balance: model.balance() } })
  }
  const act = async (move: Step, idempotencyKey: string): Promise<void> => {
    const request = { accountId, idempotencyKey }
    switch (move.do) {
      case 'spend':
        return take(move.amount, tenantry.spendCredits({ ...request, amount: move.amount, operation: 'o' }))
      case 'grant': {
        const expiresAt = move.days === null ? undefined : new Date(clock().getTime() + move.days * 86_400_000)
        await tenantry.grantCredits({ ...request, amount: move.amount, type: 'purchase', expiresAt, priority: move.priority }, admin)
        return model.add(move.amount, { priority: move.priority, expiresAt: expiresAt?.getTime() ?? null })
      }
      case 'adjust': {
        const call = tenantry.adjustCredits({ ...request, amount: move.isMore ? move.amount : -move.amount, reason: 'r' }, admin)
        if (!move.isMore) return take(move.amount, call)
        await call
        return model.add(move.amount)
      }
      case 'pay': {
        const sent = transfer(accountId, move.slug, move.months)
        const isTaken = await tenantry.confirmBankTransfer({ ...sent, externalPaymentId: idempotencyKey }, admin).then(
          () => true,
          // A plan that may not change now: nothing happens.
          (error: unknown) => {
            if (!isTenantryError(error, 'already_subscribed')) throw error
            return false
          },
        )
        return isTaken ? model.pay(modelOf(move.slug), move.months) : undefined
      }
      case 'wait':
        return moveTo(clock().getTime() + move.hours * 3_600_000)
      case 'wait to the month': {
        const { subscription } = await tenantry.getAccount({ accountId })
        const next = subscription?.nextCreditsAt ?? subscription?.currentPeriodEnd
        if (next && next > clock()) moveTo(next.getTime())
      }
    }
  }

  for (const [index, move] of steps.entries()) {
    await act(move, `step-${index}`)
    const { balance, lots } = await tenantry.creditBalance({ accountId })
    expect(balance).toBe(model.balance())
    expect(lots.map(({ remaining, expiresAt }) => `${remaining} until ${expiresAt?.getTime() ?? null}`).sort()).toEqual(model.lots())
    await expectWholeBooks(host, accountId)
  }
}

describe('credits', () => {
  test('are at every moment what they would be if everything happened at its own', async () => {
    const history = fc.tuple(fc.integer({ min: 1, max: 31 }), fc.array(step, { minLength: 5, maxLength: 40 }))
    await fc.assert(
      fc.asyncProperty(history, ([day, steps]) => walk(day, steps)),
      { numRuns: 150, seed: 20_260_101 },
    )
  }, 60_000)
})
