import { formatMoney, isTenantryError, type Payment, type Tenantry } from 'tenantry'
import { pricesOf, staff } from './house.js'
import type { Act } from './year.js'

/** Somebody with an account, and what they remember of it. */
export interface Customer {
  readonly name: string
  readonly accountId: string
  readonly ownerId: string
  /** The transfer that was asked for last. */
  payment: Payment | null
  /** What was set aside last. */
  reservationId: string | null
  /** What came of everything that was done, in order. */
  readonly answers: string[]
}

/** Signs a customer up. */
export async function signUp(tenantry: Tenantry, name: string): Promise<Customer> {
  const { account, user } = await tenantry.registerTrial({ email: `${name}@example.com` })
  return { name, accountId: account.id, ownerId: user.id, payment: null, reservationId: null, answers: [] }
}

/** Does it, and notes what came of it: facts, or the code of the refusal. */
export async function perform(tenantry: Tenantry, customer: Customer, act: Act): Promise<void> {
  const key = String(customer.answers.length)
  try {
    customer.answers.push(`${act.kind}: ${await answerOf(tenantry, customer, act, key)}`)
  } catch (error) {
    if (!isTenantryError(error)) throw error
    customer.answers.push(`${act.kind} refused: ${error.code}`)
  }
}

async function answerOf(tenantry: Tenantry, customer: Customer, act: Act, idempotencyKey: string): Promise<unknown> {
  const { accountId, ownerId, payment } = customer
  const owner = { type: 'user', id: ownerId } as const
  const why = { accountId, reason: 'as the simulation wants it' }
  switch (act.kind) {
    case 'spend':
      return (await tenantry.spendCredits({ accountId, amount: act.amount, idempotencyKey, operation: 'work' })).balance
    case 'grant':
      return (await tenantry.grantCredits({ accountId, amount: act.amount, type: 'purchase', idempotencyKey }, staff)).balance
    case 'reserve': {
      const wanted = { accountId, amount: act.amount, idempotencyKey, operation: 'work', ttlSeconds: act.hours * 3600 }
      const { reservation, balance } = await tenantry.reserveCredits(wanted)
      customer.reservationId = reservation.id
      return balance
    }
    case 'settle':
      return (await tenantry.settleReservation({ reservationId: customer.reservationId ?? 'none', actual: 1 })).balance
    case 'release':
      return (await tenantry.releaseReservation({ reservationId: customer.reservationId ?? 'none' })).balance
    case 'request': {
      const { planSlug, months: periodMonths } = act
      customer.payment = (await tenantry.requestBankTransfer({ accountId, planSlug, periodMonths }, owner)).payment
      return customer.payment.dueAt?.toISOString()
    }
    case 'submit': {
      const sent = { paymentId: payment?.id ?? 'none', externalPaymentId: `${customer.name} ${idempotencyKey}`, payerName: customer.name }
      return (await tenantry.submitBankTransfer(sent, owner)).payment.status
    }
    case 'reject':
      return (await tenantry.rejectBankTransfer({ paymentId: payment?.id ?? 'none', reason: 'it has not come' }, staff)).payment.status
    case 'confirm':
      return confirm(tenantry, customer, act, idempotencyKey)
    case 'change': {
      const { planSlug, when, byStaff } = act
      const { effectiveAt, credits } = await tenantry.changePlan({ accountId, planSlug, when }, byStaff ? staff : owner)
      return `${effectiveAt.toISOString()} ${credits}`
    }
    case 'cancel':
      return (await tenantry.cancelSubscription({ accountId, when: act.when }, owner)).subscription.status
    case 'resume':
      return (await tenantry.resumeSubscription({ accountId }, owner)).subscription.status
    case 'suspend':
      return (await tenantry.suspendAccount(why, staff)).account.status
    case 'reinstate':
      return (await tenantry.reinstateAccount(why, staff)).account.status
  }
}

/** Money has come: for what was asked for, where something was, and otherwise for what the customer has in mind. */
async function confirm(
  tenantry: Tenantry,
  { name, accountId, payment }: Customer,
  { planSlug, months }: Extract<Act, { months: number }>,
  number: string,
): Promise<string> {
  const isOpen = payment !== null && (await isStillOpen(tenantry, payment))
  const amountMinor = isOpen ? payment.amount.amountMinor : pricesOf[planSlug] * months
  const what = isOpen ? { paymentId: payment.id } : { accountId, planSlug, periodMonths: months }
  const came = { externalPaymentId: `${name} came ${number}`, amount: formatMoney({ amountMinor, currency: 'USD' }), payerName: name }
  const { periodStart, periodEnd, credits } = await tenantry.confirmBankTransfer({ ...what, ...came }, staff)
  return `${periodStart.toISOString()} ${periodEnd.toISOString()} ${credits}`
}

async function isStillOpen(tenantry: Tenantry, { id, accountId }: Payment): Promise<boolean> {
  const { items } = await tenantry.listPayments({ accountId, limit: 200 })
  return items.some((payment) => payment.id === id && (payment.status === 'requested' || payment.status === 'submitted'))
}
