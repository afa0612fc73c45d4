import type { Account, AccountStatus, PaymentMethod } from '../../domain/account.js'
import type { ApiKey } from '../../domain/api-key.js'
import type { AuditEntry } from '../../domain/audit.js'
import type { CreditLot } from '../../domain/credit.js'
import type { EventRecord } from '../../domain/event.js'
import type { KnownAddress } from '../../domain/known-address.js'
import type { Membership } from '../../domain/membership.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Reservation } from '../../domain/reservation.js'
import type { Subscription } from '../../domain/subscription.js'
import type { HashedEntry } from '../../ports/store/credits.js'
import type { PaymentReference, RecordedPayment, TransferReference } from '../../ports/store/payments.js'
import type { DatedPlan } from '../../ports/store/plans.js'
import type { NewSession } from '../../ports/store/sessions.js'
import type { HashedClaim, InstallationSecret } from '../../ports/store/trials.js'
import type { StoredUser } from '../../ports/store/users.js'
import { placeInTime } from './groups.js'
import type { Journal } from './journal.js'
import { compound, createTable } from './table.js'

/** An account without what belongs to other tables, and with the head of its ledger. */
export interface AccountRow {
  readonly id: string
  readonly name: string
  readonly status: AccountStatus
  readonly statusReason: string | null
  readonly paymentMethod: PaymentMethod
  readonly planId: string | null
  readonly ownerId: string | null
  readonly throttles: Account['throttles']
  readonly createdAt: Date
  readonly balance: number
  readonly sequence: number
  readonly unsettledSpend: number
  readonly entryHash: string
  readonly settlesAt: Date | null
  readonly livedUntil: Date | null
  readonly nextDueAt: Date | null
}

/** A session with its end. */
export interface SessionRow extends NewSession {
  readonly revokedAt: Date | null
}

/** A key with the hash by which it is found. */
export interface ApiKeyRow {
  readonly apiKey: ApiKey
  readonly secretHash: string
}

/** Where the events of an account stand. */
export interface EventStreamRow {
  readonly accountId: string
  readonly lastSequence: number
  /** When somebody should look for what to deliver; `null` when nothing is pending. */
  readonly dueAt: Date | null
  readonly lease: string | null
}

/** The last number of a series of receipts. */
export interface ReceiptSeriesRow {
  readonly series: string
  readonly lastNumber: number
}

/** A claim with the sign-up that it belongs to. */
export interface TrialClaimRow extends HashedClaim {
  readonly claimId: string
}

/** An address with whose it is. */
export interface KnownAddressRow extends KnownAddress {
  readonly userId: string
}

/** The group of a table that is listed as a whole. */
export const everything = ''

const ofEverything = (): string => everything

/** All rows of a store, with the indexes that its questions need. */
export type Tables = ReturnType<typeof createTables>

/** The tables of an empty store. */
export function createTables(journal: Journal) {
  return {
    ...globalTables(journal),
    ...accountTables(journal),
    ...ledgerTables(journal),
    ...paymentTables(journal),
    ...eventTables(journal),
  }
}

function globalTables(journal: Journal) {
  const users = createTable<StoredUser>(journal, ({ user }) => user.id)
  const plans = createTable<DatedPlan>(journal, ({ plan }) => plan.id)
  const sessions = createTable<SessionRow>(journal, ({ tokenHash }) => tokenHash)
  const knownAddresses = createTable<KnownAddressRow>(journal, ({ userId, slot }) => compound(userId, slot))
  const auditEntries = createTable<AuditEntry>(journal, ({ id }) => id)
  return {
    users,
    userByEmail: users.unique(({ user }) => user.email),
    userByExternalId: users.unique(({ externalUserId }) => externalUserId),
    plans,
    planBySlug: plans.unique(({ plan }) => plan.slug),
    plansInTime: plans.grouped({ groupOf: ofEverything, placeOf: ({ plan, createdAt }) => placeInTime({ id: plan.id, createdAt }) }),
    sessions,
    sessionsOfUser: sessions.grouped({ groupOf: ({ userId }) => userId, placeOf: ({ tokenHash }) => tokenHash }),
    trialClaims: createTable<TrialClaimRow>(journal, ({ kind, hash }) => compound(kind, hash)),
    installationSecrets: createTable<InstallationSecret>(journal, ({ name }) => name),
    knownAddresses,
    knownAddressesOfUser: knownAddresses.grouped({
      groupOf: ({ userId }) => userId,
      placeOf: ({ slot }) => String(slot).padStart(2, '0'),
    }),
    auditEntries,
    auditInTime: auditEntries.grouped({ groupOf: ofEverything, placeOf: placeInTime }),
    auditOfAccount: auditEntries.grouped({ groupOf: ({ accountId }) => accountId, placeOf: placeInTime }),
  }
}

function accountTables(journal: Journal) {
  const accounts = createTable<AccountRow>(journal, ({ id }) => id)
  const memberships = createTable<Membership>(journal, ({ accountId, userId }) => compound(accountId, userId))
  const subscriptions = createTable<Subscription>(journal, ({ accountId }) => accountId)
  const apiKeys = createTable<ApiKeyRow>(journal, ({ apiKey }) => apiKey.id)
  return {
    accounts,
    accountsById: accounts.grouped({ groupOf: ofEverything, placeOf: ({ id }) => id }),
    dueAccounts: accounts.grouped({
      groupOf: ({ nextDueAt }) => (nextDueAt === null ? null : everything),
      placeOf: ({ id, nextDueAt }) => `${nextDueAt?.toISOString()} ${id}`,
    }),
    memberships,
    membershipsOfUser: memberships.grouped({
      groupOf: ({ userId }) => userId,
      placeOf: ({ accountId, createdAt }) => placeInTime({ id: accountId, createdAt }),
    }),
    subscriptions,
    subscriptionById: subscriptions.unique(({ id }) => id),
    apiKeys,
    apiKeyByHash: apiKeys.unique(({ secretHash }) => secretHash),
    apiKeysOfAccount: apiKeys.grouped({ groupOf: ({ apiKey }) => apiKey.accountId, placeOf: ({ apiKey }) => placeInTime(apiKey) }),
  }
}

function ledgerTables(journal: Journal) {
  const entries = createTable<HashedEntry>(journal, ({ entry }) => entry.id)
  const lots = createTable<CreditLot>(journal, ({ id }) => id)
  const reservations = createTable<Reservation>(journal, ({ id }) => id)
  return {
    entries,
    entryByKey: entries.unique(({ entry }) => compound(entry.accountId, entry.idempotencyKey)),
    entryByNumber: entries.unique(({ entry }) => compound(entry.accountId, entry.sequence)),
    lots,
    lotsOfAccount: lots.grouped({ groupOf: ({ accountId }) => accountId, placeOf: ({ id }) => id }),
    entriesOfAccount: entries.grouped({ groupOf: ({ entry }) => entry.accountId, placeOf: ({ entry }) => placeInTime(entry) }),
    refundsOfEntry: entries.grouped({
      groupOf: ({ entry }) => (entry.refundsEntryId === null ? null : compound(entry.accountId, entry.refundsEntryId)),
      placeOf: ({ entry }) => entry.id,
    }),
    reservations,
    openReservations: reservations.grouped({
      groupOf: ({ accountId, status }) => (status === 'open' ? accountId : null),
      placeOf: ({ id }) => id,
    }),
    reservationsOfAccount: reservations.grouped({ groupOf: ({ accountId }) => accountId, placeOf: ({ id }) => id }),
  }
}

function paymentTables(journal: Journal) {
  const payments = createTable<RecordedPayment>(journal, ({ payment }) => payment.id)
  const receipts = createTable<Receipt>(journal, ({ id }) => id)
  const placeOf = ({ payment }: RecordedPayment): string => placeInTime(payment)
  return {
    payments,
    paymentsInTime: payments.grouped({ groupOf: ofEverything, placeOf }),
    paymentsOfAccount: payments.grouped({ groupOf: ({ payment }) => payment.accountId, placeOf }),
    transferReferences: createTable<TransferReference>(journal, ({ reference }) => reference),
    receipts,
    receiptOfPayment: receipts.unique(({ accountId, paymentId }) => compound(accountId, paymentId)),
    receiptsOfAccount: receipts.grouped({ groupOf: ({ accountId }) => accountId, placeOf: placeInTime }),
    receiptSeries: createTable<ReceiptSeriesRow>(journal, ({ series }) => series),
    paymentReferences: createTable<PaymentReference>(journal, ({ method, externalPaymentId }) => compound(method, externalPaymentId)),
  }
}

function eventTables(journal: Journal) {
  const events = createTable<EventRecord>(journal, ({ event }) => event.id)
  const streams = createTable<EventStreamRow>(journal, ({ accountId }) => accountId)
  const placeOf = ({ event }: EventRecord): string => placeInTime(event)
  return {
    events,
    eventByNumber: events.unique(({ event }) => compound(event.accountId, event.sequence)),
    eventsInTime: events.grouped({ groupOf: ofEverything, placeOf }),
    eventsOfAccount: events.grouped({ groupOf: ({ event }) => event.accountId, placeOf }),
    pendingEvents: events.grouped({
      groupOf: ({ event, status }) => (status === 'pending' ? event.accountId : null),
      placeOf: ({ event }) => String(event.sequence).padStart(16, '0'),
    }),
    streams,
    dueStreams: streams.grouped({
      groupOf: ({ dueAt }) => (dueAt === null ? null : everything),
      placeOf: ({ accountId, dueAt }) => `${dueAt?.toISOString()} ${accountId}`,
    }),
  }
}
