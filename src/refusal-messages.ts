import type { RefusalCode, RefusalDetails } from './errors.js'

const money = (value: { amountMinor: number; currency: string }): string => `${value.amountMinor} ${value.currency} (minor units)`
const issues = (list: RefusalDetails['invalid_input']['issues']): string =>
  list.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')

const reservationClosed: Readonly<Record<string, string>> = {
  settled: 'The reservation was already settled, for another amount. What it has cost is in its entry; refund or spend the difference.',
  released: 'The reservation was already released and its credits went back. Spend what the work has cost.',
  expired: 'The reservation has expired and its credits went back. Spend what the work has cost, and reserve for longer next time.',
}

/** One sentence for each code: what is wrong and, where something helps, what. */
const messages: { [Code in RefusalCode]: (details: RefusalDetails[Code]) => string } = {
  invalid_input: (d) => `Invalid input. ${issues(d.issues)}`,
  invalid_subject: () => 'Invalid object type',
  invalid_credentials: () => 'The e-mail or the password is wrong.',
  invalid_credential: () => 'The session or API key is missing, unknown, revoked or expired. Sign in again or use another key.',
  plan_missing: () => 'No subscription plan assigned.',
  plan_inactive: (d) => `The plan "${d.planSlug}" is not active. Choose another plan.`,
  trial_expired: (d) => `The trial ended at ${d.endedAt.toISOString()}. Choose a plan to go on.`,
  payment_overdue: (d) => `The paid period ended at ${d.endedAt.toISOString()}. Pay to go on.`,
  payment_required: (d) =>
    `The plan "${d.planSlug}" has to be paid for first. Then an administrator makes the change; or let it begin at the end of the period.`,
  insufficient_credits: (d) => `Not enough credits: ${d.requested} asked for, ${d.balance} left.`,
  account_missing: () => 'Account not configured for this user. Please contact support.',
  account_suspended: () => 'Account is suspended. Please contact support.',
  account_cancelled: () => 'Account is cancelled. Please contact support.',
  forbidden: (d) => `You may not ${d.action}.`,
  limit_reached: (d) => `The plan allows ${d.max} of ${d.limit}. Free one or change to a larger plan.`,
  scope_missing: (d) => `This credential lacks the scope ${d.scopes.join(', ')}. Use a credential that has it.`,
  account_not_found: () => 'There is no such account. Check the id or e-mail; customers find only accounts that they belong to.',
  user_not_found: () => 'There is no such user.',
  plan_not_found: (d) =>
    `There is no plan "${d.planSlug}". ${d.planSlug === 'free-trial' ? 'Create it with createFreeTrialPlan() or syncPlans().' : 'Create it with syncPlans(), or correct the slug.'}`,
  subscription_not_found: () => 'There is no such subscription.',
  payment_not_found: () => 'There is no such payment.',
  api_key_not_found: () => 'There is no such API key, or it has been revoked or has expired; create a new one.',
  reservation_not_found: () => 'There is no such reservation.',
  invitation_not_found: () => 'There is no such invitation.',
  entry_not_found: () => 'There is no such ledger entry.',
  event_not_found: () => 'There is no such event.',
  receipt_not_found: () => 'There is no such receipt.',
  email_taken: () => 'This e-mail address is already registered. Sign in instead.',
  external_user_id_taken: () => 'This external user id is already registered.',
  trial_used: () => 'The free trial has been used already. Sign in to your account, or contact support.',
  trial_refused: () => 'A free trial cannot be given for this sign-up. Use another address, or contact support.',
  payment_reference_conflict: (d) =>
    `The payment "${d.externalPaymentId}" was already confirmed with other content or for another account. Nothing was changed; compare the two.`,
  payment_closed: (d) => `The payment is already ${d.status}.`,
  reservation_closed: (d) => reservationClosed[d.status] ?? 'The reservation has already ended.',
  invitation_closed: () => 'The invitation has already been used, revoked or has expired.',
  already_subscribed: (d) =>
    `The account has the plan "${d.planSlug}" until ${d.until.toISOString()}. Confirm the payment for that plan, or wait until it has ended.`,
  last_owner: () => 'The last owner cannot leave. Transfer the ownership first.',
  conflict: () => 'Another change was in the way and nothing was done. Try again.',
  idempotency_mismatch: (d) =>
    `The idempotency key "${d.idempotencyKey}" was used before with other content. Use a new key for a new request.`,
  amount_mismatch: (d) =>
    `The plan "${d.planSlug}" costs ${money(d.expected)}, but ${money(d.received)} was named. Correct the amount, or accept it with a reason.`,
  currency_mismatch: (d) => `The plan has no price in ${d.received}. It is sold in: ${d.accepted.join(', ') || 'no currency'}.`,
  invalid_transition: (d) => `An account that is ${d.from} cannot ${d.event}.`,
  throttled: (d) => `Too many requests. Try again in ${d.retryAfterSeconds} s.`,
  store_unavailable: () => 'The database could not answer and nothing was done. Check that it is reachable and migrated, then try again.',
  outcome_unknown: () => 'The connection to the database was lost at commit. Ask again with the same idempotency key to learn the outcome.',
}

/** Who may do what is forbidden to others. */
const permitted = {
  administrator: 'An administrator of the platform may.',
  otherAdministrator: 'Another administrator of the platform may.',
  manager: 'An owner or admin of the account may, but no API key.',
}

/** A kind of those who may. */
export type Permitted = keyof typeof permitted

/** What is said to who may not do something: that, and who may. `action` completes "You may not …". */
export const forbiddenMessage = (action: string, who: Permitted): string => `${refusalMessage('forbidden', { action })} ${permitted[who]}`

/** What is said of a call that does not fit into a budget that is whole: waiting does not help it. */
export const neverFitsMessage = (cost: number, burst: number): string =>
  `This call weighs ${cost} and at most ${burst} ${burst === 1 ? 'fits' : 'fit'} at once: it never fits. Split it.`

/** The default message of a refusal. */
export function refusalMessage<Code extends RefusalCode>(code: Code, details: RefusalDetails[Code]): string {
  return messages[code](details)
}
