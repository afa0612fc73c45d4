import type { Account, ApiKey, CreditEntry, Plan, Subscription, User } from 'tenantry'

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
