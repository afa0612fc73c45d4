import { formatMoney, type Money, parseMoney } from '../../domain/money.js'
import { cycleMonths, isFree, type Plan, priceIn } from '../../domain/plan.js'
import { TenantryError } from '../../errors.js'
import { invalidInput } from '../parse-input.js'
import type { ConfirmedTransfer } from './transfer-input.js'

/** What a transfer pays for. */
export interface Purchase {
  readonly plan: Plan
  readonly months: number
  readonly received: Money
}

/**
 * Compares what came with what the plan costs: price times billing cycles, exactly, unless the input accepts another amount.
 *
 * @throws TenantryError `plan_inactive`, `currency_mismatch`, `amount_mismatch`, `invalid_input`
 */
export function priceTransfer(transfer: ConfirmedTransfer, periodMonths: number | undefined, plan: Plan): Purchase {
  if (!plan.isActive) throw new TenantryError('plan_inactive', { planSlug: plan.slug })
  const months = periodMonths ?? cycleMonths(plan)
  if (months % cycleMonths(plan) !== 0) {
    throw invalidInput([{ path: 'periodMonths', message: `must be a multiple of ${cycleMonths(plan)} for the plan "${plan.slug}"` }])
  }
  const received = parseMoney(transfer.amount, transfer.currency ?? onlyCurrency(plan))
  if (isFree(plan)) throw freePlan(plan, received)
  const price = priceIn(plan, received.currency)
  if (price === null)
    throw new TenantryError('currency_mismatch', { received: received.currency, accepted: plan.prices.map((p) => p.currency) })
  const expected = { amountMinor: (price.amountMinor * months) / cycleMonths(plan), currency: price.currency }
  if (received.amountMinor !== expected.amountMinor && transfer.acceptAmount === undefined) {
    throw wrongAmount(plan, expected, received)
  }
  return { plan, months, received }
}

function onlyCurrency(plan: Plan): string {
  const [first, second] = plan.prices
  if (first !== undefined && second === undefined) return first.currency
  const known = plan.prices.map((price) => price.currency).join(', ')
  throw invalidInput([
    { path: 'currency', message: `must be named for the plan "${plan.slug}", which is sold in: ${known || 'no currency'}` },
  ])
}

const wrongAmount = (plan: Plan, expected: Money, received: Money): TenantryError<'amount_mismatch'> => {
  const figures = `comes to ${formatMoney(expected)} ${expected.currency}, but ${formatMoney(received)} ${received.currency} was named`
  const message = `The plan "${plan.slug}" ${figures}. Correct the amount or the months, or take it as it is with acceptAmount and a reason.`
  return new TenantryError('amount_mismatch', { expected, received, planSlug: plan.slug }, { message })
}

/** Money for a plan that costs nothing was meant for another one. */
const freePlan = (plan: Plan, received: Money): TenantryError<'amount_mismatch'> =>
  new TenantryError(
    'amount_mismatch',
    { expected: { amountMinor: 0, currency: received.currency }, received, planSlug: plan.slug },
    { message: `The plan "${plan.slug}" is free. Name the plan that was paid for in planSlug.` },
  )
