import { formatMoney, type Money, parseMoney } from '../../domain/money.js'
import type { Payment } from '../../domain/payment.js'
import { cycleMonths, isFree, type Plan, priceIn } from '../../domain/plan.js'
import { printedTransferReference } from '../../domain/transfer-reference.js'
import { TenantryError } from '../../errors.js'
import { invalidInput } from '../parse-input.js'
import type { ConfirmedTransfer } from './transfer-input.js'

/** What a transfer pays for. */
export interface Purchase {
  readonly plan: Plan
  readonly months: number
  readonly received: Money
}

/** What a transfer is asked for: months on a plan, and what they cost. */
export interface Order {
  readonly plan: Plan
  readonly months: number
  readonly due: Money
}

/**
 * What months on a plan cost: price times billing cycles.
 *
 * @throws TenantryError `plan_inactive`, `currency_mismatch`, `invalid_input`
 */
export function priceOrder(plan: Plan, asked: { periodMonths?: number | undefined; currency?: string | undefined }): Order {
  const months = wholeCycles(plan, asked.periodMonths)
  const currency = asked.currency ?? onlyCurrency(plan)
  if (isFree(plan)) throw invalidInput([{ path: 'planSlug', message: 'must be a plan that costs something: there is nothing to transfer' }])
  const due = priceFor(plan, months, currency)
  if (Number.isSafeInteger(due.amountMinor)) return { plan, months, due }
  throw invalidInput([{ path: 'periodMonths', message: 'must be fewer: the amount is too large' }])
}

/**
 * Compares what came with what the plan costs, or with what was asked for: exactly, unless the input accepts another amount. What was asked
 * for holds, whatever the plan costs by now.
 *
 * @throws TenantryError `plan_inactive`, `currency_mismatch`, `amount_mismatch`, `invalid_input`
 */
export function priceTransfer(transfer: ConfirmedTransfer, plan: Plan, asked: Payment | null): Purchase {
  return asked === null ? pricePlan(transfer, plan) : priceRequest(transfer, plan, asked)
}

function pricePlan(transfer: ConfirmedTransfer, plan: Plan): Purchase {
  const months = wholeCycles(plan, transfer.periodMonths)
  const received = parseMoney(transfer.amount, transfer.currency ?? onlyCurrency(plan))
  if (isFree(plan)) throw freePlan(plan, received)
  requireAmount(transfer, plan, { expected: priceFor(plan, months, received.currency), received, what: `The plan "${plan.slug}"` })
  return { plan, months, received }
}

function priceRequest(transfer: ConfirmedTransfer, plan: Plan, { amount: expected, periodMonths, reference }: Payment): Purchase {
  requireActive(plan)
  const received = parseMoney(transfer.amount, transfer.currency ?? expected.currency)
  if (received.currency !== expected.currency) {
    throw new TenantryError('currency_mismatch', { received: received.currency, accepted: [expected.currency] })
  }
  requireAmount(transfer, plan, { expected, received, what: `The transfer under ${printedTransferReference(reference)}` })
  return { plan, months: periodMonths, received }
}

function requireActive(plan: Plan): void {
  if (!plan.isActive) throw new TenantryError('plan_inactive', { planSlug: plan.slug })
}

/** The months, which a plan sells by whole billing cycles; one cycle when none are named. */
function wholeCycles(plan: Plan, periodMonths: number | undefined): number {
  requireActive(plan)
  const months = periodMonths ?? cycleMonths(plan)
  if (months % cycleMonths(plan) === 0) return months
  throw invalidInput([{ path: 'periodMonths', message: `must be a multiple of ${cycleMonths(plan)} for the plan "${plan.slug}"` }])
}

function priceFor(plan: Plan, months: number, currency: string): Money {
  const price = priceIn(plan, currency)
  if (price === null) throw new TenantryError('currency_mismatch', { received: currency, accepted: plan.prices.map((p) => p.currency) })
  return { amountMinor: price.amountMinor * (months / cycleMonths(plan)), currency }
}

function onlyCurrency(plan: Plan): string {
  const [first, second] = plan.prices
  if (first !== undefined && second === undefined) return first.currency
  const known = plan.prices.map((price) => price.currency).join(', ')
  throw invalidInput([
    { path: 'currency', message: `must be named for the plan "${plan.slug}", which is sold in: ${known || 'no currency'}` },
  ])
}

function requireAmount(
  { acceptAmount }: ConfirmedTransfer,
  plan: Plan,
  { expected, received, what }: { expected: Money; received: Money; what: string },
): void {
  if (received.amountMinor === expected.amountMinor || acceptAmount !== undefined) return
  const figures = `comes to ${formatMoney(expected)} ${expected.currency}, but ${formatMoney(received)} ${received.currency} was named`
  const message = `${what} ${figures}. Correct the amount or the months, or take it as it is with acceptAmount and a reason.`
  throw new TenantryError('amount_mismatch', { expected, received, planSlug: plan.slug }, { message })
}

/** Money for a plan that costs nothing was meant for another one. */
const freePlan = (plan: Plan, received: Money): TenantryError<'amount_mismatch'> =>
  new TenantryError(
    'amount_mismatch',
    { expected: { amountMinor: 0, currency: received.currency }, received, planSlug: plan.slug },
    { message: `The plan "${plan.slug}" is free. Name the plan that was paid for in planSlug.` },
  )
