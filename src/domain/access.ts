import type { RefusalCode } from '../errors.js'
import type { Account } from './account.js'
import { addDays } from './calendar.js'
import type { Plan } from './plan.js'
import type { Subscription } from './subscription.js'

/** The gate's answer: may this account act now, and on which plan. */
export type AccessDecision = AccessGranted | AccessRefused

/** The account may act. */
export interface AccessGranted {
  readonly ok: true
  readonly account: Account
  readonly plan: Plan
  readonly subscription: Subscription | null
}

/** The account may not act; `message` says why and what helps, and is safe to show. */
export interface AccessRefused {
  readonly ok: false
  readonly code: RefusalCode
  readonly status: 400 | 402 | 403 | 404
  readonly message: string
}

/** What the gate's messages and its patience depend on. */
export interface AccessOptions {
  /** Where a customer chooses a plan; goes into the messages. `/pricing` when left out. */
  readonly pricingUrl?: string | undefined
  /** How support is reached; added to the messages that ask to contact it. */
  readonly supportContact?: string | undefined
  /** Days for which an account may go on after its paid period ended. 7 when left out. */
  readonly graceDays?: number | undefined
}

/** What the gate judges. */
export interface AccessState {
  readonly account: Account | null | undefined
  readonly plan?: Plan | null | undefined
  readonly subscription?: Subscription | null | undefined
}

/**
 * The one rule for sessions, API keys and jobs: may this account act at `now`?
 *
 * It depends on the stored state and `now` alone, never on a job having run. The order of the refusals is part of the contract:
 * no account, suspended or cancelled, no plan, inactive plan, trial over, payment overdue.
 */
export function decideAccess(state: AccessState, now: Date, options: AccessOptions = {}): AccessDecision {
  const { account, subscription = null } = state
  if (account === null || account === undefined)
    return refuse('account_missing', 403, `Account not configured for this user. ${support(options)}`)
  if (account.status === 'suspended') return refuse('account_suspended', 403, `Account is suspended. ${support(options)}`)
  if (account.status === 'cancelled') return refuse('account_cancelled', 403, `Account is cancelled. ${support(options)}`)
  const plan = state.plan ?? account.plan ?? null
  const visit = `Visit ${options.pricingUrl ?? '/pricing'} to`
  if (plan === null) return refuse('plan_missing', 402, `No subscription plan assigned. ${visit} subscribe.`)
  if (!plan.isActive) return refuse('plan_inactive', 402, `Active subscription required. ${visit} subscribe.`)
  const end = subscription === null ? null : timeLimit(account, subscription, options.graceDays ?? 7)
  if (end === null || now < end.at) return { ok: true, account, plan, subscription }
  if (end.code === 'trial_expired') return refuse('trial_expired', 402, `Your free trial has ended. ${visit} subscribe.`)
  return refuse('payment_overdue', 402, `Your payment is overdue. ${visit} pay.`)
}

/** From which instant on time refuses the account, and with which code. */
function timeLimit(
  account: Account,
  subscription: Subscription,
  graceDays: number,
): { at: Date; code: 'trial_expired' | 'payment_overdue' } {
  const { status, currentPeriodEnd: end, cancelAtPeriodEnd } = subscription
  if (account.status === 'pending_payment' || status === 'pending_payment') return { at: end, code: 'payment_overdue' }
  if (status === 'trialing') return { at: end, code: 'trial_expired' }
  const grace = status === 'canceled' || cancelAtPeriodEnd ? 0 : graceDays
  return { at: addDays(end, grace), code: 'payment_overdue' }
}

const support = ({ supportContact }: AccessOptions): string =>
  supportContact === undefined ? 'Please contact support.' : `Please contact support. Support: ${supportContact}`

const refuse = (code: RefusalCode, status: AccessRefused['status'], message: string): AccessRefused => ({
  ok: false,
  code,
  status,
  message,
})
