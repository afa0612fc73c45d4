import {
  type Account,
  type ApiKey,
  type CreditEntry,
  formatMoney,
  type Payment,
  type Plan,
  type Receipt,
  type Subscription,
  type User,
} from 'tenantry'

/** A person, as the HTTP interface shows one. */
export const userView = (user: User) => ({
  id: user.id,
  email: user.email,
  first_name: user.firstName,
  last_name: user.lastName,
  platform_role: user.platformRole,
})

/** An account with its plan. `credits` is what can be spent now. */
export const accountView = (account: Account, credits: number) => ({
  id: account.id,
  name: account.name,
  status: account.status,
  status_reason: account.statusReason,
  payment_method: account.paymentMethod,
  credits,
  plan: account.plan === null ? null : planView(account.plan),
  created_at: account.createdAt,
})

/** The paid or trial time of an account. */
export const subscriptionView = (subscription: Subscription) => ({
  id: subscription.id,
  status: subscription.status,
  payment_method: subscription.paymentMethod,
  period_start: subscription.currentPeriodStart,
  period_end: subscription.currentPeriodEnd,
  next_credits_at: subscription.nextCreditsAt,
  cancel_at_period_end: subscription.cancelAtPeriodEnd,
})

/** A plan, as it is offered. */
export const planView = ({ slug, name, prices, billingCycle, includedCredits, limits }: Plan) => ({
  slug,
  name,
  prices,
  billingCycle,
  includedCredits,
  limits,
})

/** Money that came, or should come. `amount` is a decimal text, as a confirmation takes it. */
export const paymentView = (payment: Payment) => ({
  id: payment.id,
  account_id: payment.accountId,
  status: payment.status,
  method: payment.method,
  reference: payment.reference,
  external_payment_id: payment.externalPaymentId,
  amount: formatMoney(payment.amount),
  currency: payment.amount.currency,
  period_months: payment.periodMonths,
  due_at: payment.dueAt,
  payer_name: payment.payerName,
  proof_url: payment.proofUrl,
  decided_at: payment.decidedAt,
  reason: payment.reason,
  created_at: payment.createdAt,
})

/** A receipt. */
export const receiptView = (receipt: Receipt) => ({
  id: receipt.id,
  payment_id: receipt.paymentId,
  number: receipt.number,
  amount: formatMoney(receipt.amount),
  currency: receipt.amount.currency,
  plan: receipt.plan,
  period_months: receipt.periodMonths,
  period_start: receipt.periodStart,
  period_end: receipt.periodEnd,
  created_at: receipt.createdAt,
})

/** An API key; the secret is not part of it. */
export const apiKeyView = (key: ApiKey) => ({
  id: key.id,
  name: key.name,
  last_four: key.lastFour,
  scopes: key.scopes,
  created_at: key.createdAt,
  expires_at: key.expiresAt,
  revoked_at: key.revokedAt,
})

/** A line of the ledger. */
export const entryView = (entry: CreditEntry) => ({
  id: entry.id,
  sequence: entry.sequence,
  type: entry.type,
  amount: entry.amount,
  balance_after: entry.balanceAfter,
  operation: entry.operation,
  description: entry.description,
  created_at: entry.createdAt,
})
