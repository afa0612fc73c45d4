export {
  type AccessDecision,
  type AccessGranted,
  type AccessMatrix,
  type AccessOptions,
  type AccessRefused,
  type AccessState,
  decideAccess,
} from './access.js'
export {
  type Account,
  type AccountStatus,
  accountStatuses,
  isSuspendedForPayment,
  type PaymentMethod,
  paymentMethods,
  paymentOverdueReason,
} from './account.js'
export type { Actor } from './actor.js'
export { type ApiKey, type ApiKeyCount, apiKeyLimit, keyUseSeconds, maxApiKeysOfAccount } from './api-key.js'
export type { AuditEntry } from './audit.js'
export type { AccountBook, BookInvariant, BookProblem } from './books.js'
export { addDays, addMonths, addSeconds, wholeMonths } from './calendar.js'
export {
  type ClientAddressOptions,
  type ClientAddressReader,
  clientAddressReader,
  type RequestHeaders,
  type RequestOrigin,
} from './client-address.js'
export { clientKey } from './client-key.js'
export { type CredentialKind, credentialKind } from './credential.js'
export { type CreditEntry, type CreditEntryType, type CreditLot, type CreditLotType, creditEntryTypes } from './credit.js'
export { type RetryRule, retryAt } from './delivery.js'
export { canonicalEmail } from './email.js'
export { chainHash, type EntryFacts, entryDigest, noEntryHash } from './entry-hash.js'
export {
  type AnyTenantryEvent,
  type EventContent,
  type EventName,
  type EventRecord,
  type EventStatus,
  eventStatuses,
  type NewEvent,
  type TenantryEvent,
  type TenantryEventData,
} from './event.js'
export type { ForwardedHeader } from './forwarded-hops.js'
export { decideGcra, decideGcraTogether, type GcraBudget, type GcraDecision } from './gcra.js'
export { type KnownAddress, knownAddressesPerPerson } from './known-address.js'
export {
  compareBurnOrder,
  type EntryContent,
  emptyLedger,
  type Grant,
  grant,
  type Ledger,
  type Stamp,
  takeAway,
} from './ledger.js'
export { type Life, type LifeState, lifeOf, type NextLife, nextLife, unborn } from './life.js'
export { type LifeEvent, type LifeGuard, type LifeRow, type LifeStep, type LifeSteps, lifeTable } from './life-table.js'
export type { MemberRole, Membership } from './membership.js'
export { currencyExponent, formatMoney, type Money, parseMoney } from './money.js'
export {
  beginPaidPeriod,
  isPaidPeriodRunning,
  type PaidMonths,
  type PaidPeriod,
  prolongPaidPeriod,
} from './paid-period.js'
export { type PasswordPolicy, passwordProblem } from './password.js'
export { canonicalPaymentReference, type Payment, type PaymentStatus, paymentStatuses } from './payment.js'
export {
  burstOf,
  type Catalogue,
  type CreditRollover,
  definePlans,
  freeTrialPlan,
  isFree,
  type LimitName,
  type Plan,
  type PlanDefinition,
  type PlanSlug,
  type ThrottleName,
  type ThrottleRule,
} from './plan.js'
export { type CreditSchedule, grantPlanCredits } from './plan-credits.js'
export {
  type RateLimitFormat,
  type RateLimitHeaderName,
  type RateLimitHeaders,
  rateLimitFormats,
  rateLimitHeaders,
} from './rate-limit-headers.js'
export { type Issuer, type Receipt, receiptNumber, receiptSeries } from './receipt.js'
export { type Refund, refund } from './refund.js'
export { type Reservation, type ReservationStatus, type ReservedPart, reservationStatuses } from './reservation.js'
export { endReservation, type ReservationEnd, type ReserveRequest, reserve } from './reserve.js'
export type { Session } from './session.js'
export { lapsePlanCredits, type Settlement, settle, settlesAt } from './settlement.js'
export type { ShownBudget } from './shown-budget.js'
export { type Subscription, type SubscriptionStatus, subscriptionStatuses } from './subscription.js'
export { type ThrottleCaller, type ThrottleSubject, throttleKey } from './throttle.js'
export {
  canonicalTransferReference,
  makeTransferReference,
  printedTransferReference,
  transferReferenceBytes,
  transferReferenceProblem,
} from './transfer-reference.js'
export { awaitPayment, describeTransfer, type TransferRequest, transferDueAt } from './transfer-request.js'
export {
  everyTrialRule,
  foldEmail,
  noTrialForDomains,
  oneTrialPerMailbox,
  type TrialClaim,
  type TrialClaimKind,
  type TrialFacts,
  type TrialRule,
  type TrialVerdict,
} from './trial.js'
export { type UsageGrouping, type UsageSum, usageGroupings } from './usage.js'
export type { User } from './user.js'
