import type { AccountStatus } from './domain/account.js'
import type { Money } from './domain/money.js'
import type { PaymentStatus } from './domain/payment.js'
import type { ReservationStatus } from './domain/reservation.js'
import type { SubscriptionStatus } from './domain/subscription.js'
import type { TrialClaimKind } from './domain/trial.js'
import { refusalMessage } from './refusal-messages.js'

/** One thing that is wrong with an input: where, and what would be right. */
export interface InputIssue {
  /** Dotted path into the input, `''` for the input as a whole. */
  readonly path: string
  readonly message: string
}

/**
 * Every way in which tenantry refuses, with the facts that come with the refusal.
 *
 * Codes never change within a major version; messages may. Only `conflict`, `throttled`,
 * `store_unavailable` and `outcome_unknown` are worth a retry of the unchanged call.
 */
export interface RefusalDetails {
  /** The input is not what the operation takes. Nothing was read or written. */
  invalid_input: { issues: readonly InputIssue[] }
  /** The gate was asked about something that is neither a user nor an account. */
  invalid_subject: Record<never, never>
  /** E-mail and password do not belong together. The answer is the same for every cause. */
  invalid_credentials: Record<never, never>
  /** The session token or API key is unknown, revoked or expired. */
  invalid_credential: Record<never, never>
  plan_missing: { accountId: string }
  plan_inactive: { planSlug: string }
  trial_expired: { accountId: string; endedAt: Date }
  payment_overdue: { accountId: string; endedAt: Date }
  /** The dearer plan has to be paid for first; `amountsDue` says what, in each currency in which it can be said. */
  payment_required: { planSlug: string; amountsDue: readonly Money[] }
  insufficient_credits: { accountId: string; requested: number; balance: number }
  account_missing: Record<never, never>
  account_suspended: { accountId: string }
  account_cancelled: { accountId: string }
  /** This actor may not do this. */
  forbidden: { action: string }
  limit_reached: { accountId: string; limit: string; max: number }
  scope_missing: { scopes: readonly string[] }
  account_not_found: { accountId: string }
  user_not_found: { userId: string }
  plan_not_found: { planSlug: string }
  subscription_not_found: { subscriptionId: string }
  payment_not_found: { paymentId: string }
  api_key_not_found: { apiKeyId: string }
  reservation_not_found: { reservationId: string }
  invitation_not_found: { invitationId: string }
  entry_not_found: { entryId: string }
  event_not_found: { eventId: string }
  receipt_not_found: { receiptId?: string; paymentId?: string }
  email_taken: { email: string }
  external_user_id_taken: { externalUserId: string }
  /** The one free trial of this address, mailbox or fingerprint has been used, also where the person was deleted since. */
  trial_used: { by: TrialClaimKind }
  /** The host's rule of eligibility said no; `reason` is the rule's. */
  trial_refused: { reason: string }
  /** The bank reference is already confirmed with other content, or for another account. */
  payment_reference_conflict: { externalPaymentId: string }
  payment_closed: { paymentId: string; status: PaymentStatus }
  reservation_closed: { reservationId: string; status: ReservationStatus }
  invitation_closed: { invitationId: string }
  already_subscribed: { accountId: string; planSlug: string; until: Date }
  last_owner: { accountId: string }
  /** Another transaction was in the way and nothing was done. Retry. */
  conflict: { operation: string }
  /** The key was used before with other content. Nothing was done. */
  idempotency_mismatch: { idempotencyKey: string }
  amount_mismatch: { expected: Money; received: Money; planSlug: string }
  currency_mismatch: { received: string; accepted: readonly string[] }
  /**
   * `from` is the status of the account or, where that allows it, of the subscription; `none` where there is none, `replaced` for an API key
   * that was rotated before.
   */
  invalid_transition: { from: AccountStatus | SubscriptionStatus | 'none' | 'replaced'; event: string }
  throttled: { retryAfterSeconds: number }
  /** The database could not do its part. Nothing was done. */
  store_unavailable: { operation: string }
  /** The connection was lost at commit: the effect is there whole or not at all. Ask again with the same key. */
  outcome_unknown: { operation: string }
}

/** The stable name of a refusal; see {@link RefusalDetails} for what each one means. */
export type RefusalCode = keyof RefusalDetails

/** Set on the prototype, so that a copy of this package in the other module format is recognised too. */
const brand = Symbol.for('tenantry.error')

/**
 * Thrown when tenantry understands a request and refuses it. Branch on `code`; `details` is typed by it.
 * `message` says what is wrong and what would help, and is safe to show to the caller.
 */
export class TenantryError<Code extends RefusalCode = RefusalCode> extends Error {
  override readonly name = 'TenantryError'
  readonly code: Code
  readonly details: RefusalDetails[Code]

  constructor(code: Code, details: RefusalDetails[Code], options: { message?: string; cause?: unknown } = {}) {
    super(options.message ?? refusalMessage(code, details), 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.details = details
  }

  get [brand](): true {
    return true
  }
}

/** A {@link TenantryError} as a union over its codes, so that testing `code` narrows `details`. */
export type AnyTenantryError = { [Code in RefusalCode]: TenantryError<Code> }[RefusalCode]

/**
 * Tells a refusal of tenantry, of a given code if one is named, from any other error.
 * Works across the ESM and the CommonJS copy of the package, where `instanceof` does not.
 */
export function isTenantryError(error: unknown): error is AnyTenantryError
export function isTenantryError<Code extends RefusalCode>(error: unknown, code: Code): error is TenantryError<Code>
export function isTenantryError(error: unknown, code?: RefusalCode): boolean {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false
  return code === undefined || (error as TenantryError).code === code
}

/** Asserts what only a bug in tenantry can break. Never used for input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`tenantry bug: ${message}`)
}
