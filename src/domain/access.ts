import { type RefusalCode, TenantryError } from '../errors.js'
import { type Account, accountStatuses } from './account.js'
import { addDays } from './calendar.js'
import type { Plan } from './plan.js'
import { type Subscription, subscriptionStatuses } from './subscription.js'

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
  /** Which states may act. Every one of them may when left out. */
  readonly access?: Partial<AccessMatrix> | undefined
}

/**
 * The states in which an account may act or not, as the host sees fit, until time ends them. An active account that has paid always may; a
 * suspended and a cancelled one never may.
 */
export interface AccessMatrix {
  /** On trial. Refused with `plan_inactive`. */
  readonly trial: boolean
  /** The first payment has been asked for and is not due yet. Refused with `payment_overdue`. */
  readonly pending_payment: boolean
  /** The paid time is over and the grace is not. Refused with `payment_overdue`. */
  readonly past_due: boolean
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
 * no account, suspended or cancelled, no plan, inactive plan, trial over, payment overdue. What is no account,
 * plan or subscription is refused before all that, never let through.
 *
 * @throws TenantryError `invalid_input` when `now` is not a moment
 */
export function decideAccess(state: AccessState, now: Date, options: AccessOptions = {}): AccessDecision {
  if (!isMoment(now)) throw new TenantryError('invalid_input', { issues: [{ path: 'now', message: 'must be a moment' }] })
  if (!isAccessState(state)) return refuse('invalid_subject', 400, 'Invalid object type')
  const { account } = state
  const subscription = state.subscription ?? null
  if (account === null || account === undefined)
    return refuse('account_missing', 403, `Account not configured for this user. ${support(options)}`)
  if (account.status === 'suspended') return refuse('account_suspended', 403, `Account is suspended. ${support(options)}`)
  if (account.status === 'cancelled') return refuse('account_cancelled', 403, `Account is cancelled. ${support(options)}`)
  const plan = state.plan ?? account.plan ?? null
  const visit = `Visit ${options.pricingUrl ?? '/pricing'} to`
  if (plan === null) return refuse('plan_missing', 402, `No subscription plan assigned. ${visit} subscribe.`)
  if (!plan.isActive) return refuse('plan_inactive', 402, `Active subscription required. ${visit} subscribe.`)
  const end = subscription === null ? null : timeLimit(account, subscription, options)
  // Written so that a limit beyond the last date that there is refuses.
  const isOver = end !== null && !(now < end.at)
  const code = isOver ? end.code : null
  if (code === 'trial_expired') return refuse('trial_expired', 402, `Your free trial has ended. ${visit} subscribe.`)
  if (code === 'plan_inactive') return refuse('plan_inactive', 402, `Active subscription required. ${visit} subscribe.`)
  if (code === 'payment_overdue') return refuse('payment_overdue', 402, `Your payment is overdue. ${visit} pay.`)
  return { ok: true, account, plan, subscription }
}

/** From which instant on an account is refused, and with which code. */
export interface TimeLimit {
  readonly at: Date
  readonly code: 'trial_expired' | 'plan_inactive' | 'payment_overdue'
}

/** A state that may not act is refused from its beginning on. */
const fromTheBeginning = new Date(0)

/** From which instant on time refuses the account, or its state does. */
export function timeLimit(account: Account, subscription: Subscription, { access, graceDays = 7 }: AccessOptions): TimeLimit {
  const { status, currentPeriodEnd: end, cancelAtPeriodEnd } = subscription
  if (account.status === 'pending_payment' || status === 'pending_payment') {
    return { at: access?.pending_payment === false ? fromTheBeginning : end, code: 'payment_overdue' }
  }
  if (status === 'trialing') return access?.trial === false ? trialRefused : { at: end, code: 'trial_expired' }
  const hasGrace = status !== 'canceled' && !cancelAtPeriodEnd && access?.past_due !== false
  return { at: hasGrace ? addDays(end, graceDays) : end, code: 'payment_overdue' }
}

const trialRefused: TimeLimit = { at: fromTheBeginning, code: 'plan_inactive' }

/** A host in plain JavaScript may pass anything. */
function isAccessState(state: unknown): state is AccessState {
  return (
    isObject(state) && isNoneOr(state['account'], isAccount) && isNoneOr(state['plan'], isPlan) && isNoneOr(state['subscription'], isPeriod)
  )
}

const isNoneOr = (value: unknown, orElse: (value: Record<string, unknown>) => boolean): boolean =>
  value === null || value === undefined || (isObject(value) && orElse(value))

const isAccount = ({ status, plan }: Record<string, unknown>): boolean =>
  accountStatuses.some((known) => known === status) && isNoneOr(plan, isPlan)

const isPlan = ({ isActive }: Record<string, unknown>): boolean => typeof isActive === 'boolean'

const isPeriod = ({ status, currentPeriodEnd }: Record<string, unknown>): boolean =>
  subscriptionStatuses.some((known) => known === status) && isMoment(currentPeriodEnd)

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isMoment = (value: unknown): value is Date =>
  Object.prototype.toString.call(value) === '[object Date]' && !Number.isNaN((value as Date).getTime())

const support = ({ supportContact }: AccessOptions): string =>
  supportContact === undefined ? 'Please contact support.' : `Please contact support. Support: ${supportContact}`

const refuse = (code: RefusalCode, status: AccessRefused['status'], message: string): AccessRefused => ({
  ok: false,
  code,
  status,
  message,
})
