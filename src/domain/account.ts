import type { Plan, ThrottleRule } from './plan.js'

/** Where an account is in its life. Whether it may act now is {@link decideAccess}'s answer, not this field's. */
export type AccountStatus = 'trial' | 'active' | 'pending_payment' | 'suspended' | 'cancelled'

/** How an account pays. */
export type PaymentMethod = 'stripe' | 'paypal' | 'bank_transfer'

/** Every {@link AccountStatus}, in the order of an account's life. */
export const accountStatuses = ['trial', 'active', 'pending_payment', 'suspended', 'cancelled'] as const satisfies readonly AccountStatus[]

/** Every {@link PaymentMethod}. */
export const paymentMethods = ['stripe', 'paypal', 'bank_transfer'] as const satisfies readonly PaymentMethod[]

/** The tenant: owns the plan, the credits, the subscription, the API keys and the members. */
export interface Account {
  readonly id: string
  readonly name: string
  readonly status: AccountStatus
  /** Why it was suspended or cancelled; `null` otherwise. */
  readonly statusReason: string | null
  readonly paymentMethod: PaymentMethod
  readonly plan: Plan | null
  /** The stored balance in credits. Lots whose expiry has passed count until they are settled; `creditBalance` never counts them. */
  readonly credits: number
  readonly ownerId: string | null
  /** Throttles of its own by scope, before those of its plan; empty for most accounts. */
  readonly throttles: Readonly<Record<string, ThrottleRule>>
  readonly createdAt: Date
  readonly deletedAt: Date | null
}

/** Why an account is suspended that has not paid. Whoever pays is let in again, and may sign in to do so. */
export const paymentOverdueReason = 'payment_overdue'

/** Is the account suspended for nothing but a payment that did not come? */
export const isSuspendedForPayment = ({ status, statusReason }: Pick<Account, 'status' | 'statusReason'>): boolean =>
  status === 'suspended' && statusReason === paymentOverdueReason
