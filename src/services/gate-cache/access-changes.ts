import type { AccessChange } from '../../ports/access-notices.js'
import type { StoreTransaction } from '../../ports/store/store.js'

/** The verbs that do more than look. */
type ChangingVerb = Exclude<keyof StoreTransaction, `find${string}` | `list${string}` | `sum${string}` | `count${string}`>

/** What a verb with this argument changes of what the gate reads. */
export type ChangesOf<Verb extends keyof StoreTransaction> = (argument: Parameters<StoreTransaction[Verb]>[0]) => readonly AccessChange[]

const account = (id: string): AccessChange => ({ of: 'account', id })
const user = (id: string): AccessChange => ({ of: 'user', id })
const everything: readonly AccessChange[] = [{ of: 'everything' }]

/**
 * What each verb changes of what the gate reads, `null` for nothing; a verb that is new to the port does not compile until it is here.
 *
 * What is new is in no cache, since no cache keeps that something is not there. A ledger is not what the gate judges by: the balance may lag.
 */
export const accessChanges: { readonly [Verb in ChangingVerb]: ChangesOf<Verb> | null } = {
  saveAccount: ({ accountId }) => [account(accountId)],
  saveAccounts: (changes) => changes.map(({ accountId }) => account(accountId)),
  saveSubscription: ({ accountId }) => [account(accountId)],
  saveSubscriptions: (subscriptions) => subscriptions.map(({ accountId }) => account(accountId)),
  revokeApiKey: ({ accountId }) => [account(accountId)],
  replaceApiKey: ({ accountId }) => [account(accountId)],
  addMembership: ({ userId }) => [user(userId)],
  setPlatformRole: ({ userId }) => [user(userId)],
  revokeSession: ({ tokenHash }) => [{ of: 'session', id: tokenHash }],
  revokeSessions: ({ userId }) => [user(userId)],
  upsertPlan: () => everything,
  setPlanActive: () => everything,
  addAccount: null,
  addApiKey: null,
  addAuditEntry: null,
  addEvents: null,
  addInstallationSecret: null,
  addReceipt: null,
  addSession: null,
  addUser: null,
  claimEvents: null,
  claimPaymentReference: null,
  claimTransferReference: null,
  claimTrial: null,
  lockAccount: null,
  lockDueAccounts: null,
  markEventDelivered: null,
  releaseEvents: null,
  rememberAddress: null,
  removeDeliveredEvents: null,
  renewEventLease: null,
  reviveEvent: null,
  saveDueDates: null,
  saveFailedEvent: null,
  saveLedger: null,
  saveLedgers: null,
  savePayment: null,
  setPasswordHash: null,
  spendCredits: null,
  takeReceiptNumber: null,
  touchApiKeys: null,
}
