import type { Store, StoreTransaction } from 'tenantry'
import { wrappedStore } from './wrapped-store.js'

/** Does this verb change something? A verb that is new to the port does not compile until it is here. */
const changes: Readonly<Record<keyof StoreTransaction, boolean>> = {
  addAccount: true,
  addApiKey: true,
  addInstallationSecret: true,
  addAuditEntry: true,
  addEvents: true,
  addMembership: true,
  addReceipt: true,
  addSession: true,
  addUser: true,
  claimEvents: true,
  claimPaymentReference: true,
  claimTransferReference: true,
  markEventDelivered: true,
  releaseEvents: true,
  rememberAddress: true,
  removeDeliveredEvents: true,
  renewEventLease: true,
  replaceApiKey: true,
  reviveEvent: true,
  claimTrial: true,
  revokeApiKey: true,
  revokeSession: true,
  revokeSessions: true,
  saveAccount: true,
  saveAccounts: true,
  saveDueDates: true,
  saveFailedEvent: true,
  saveLedger: true,
  saveLedgers: true,
  savePayment: true,
  saveSubscription: true,
  saveSubscriptions: true,
  setPasswordHash: true,
  setPlanActive: true,
  setPlatformRole: true,
  spendCredits: true,
  takeReceiptNumber: true,
  upsertPlan: true,
  countApiKeys: false,
  findAccountAccess: false,
  findAccountState: false,
  findApiKey: false,
  findApiKeyAccess: false,
  findCreditEntry: false,
  findCreditEntryByKey: false,
  findEvent: false,
  findInstallationSecret: false,
  findMembership: false,
  findNewestPlanLot: false,
  findPayment: false,
  findOpenTransfer: false,
  findPaymentReference: false,
  findTransferByReference: false,
  findPaymentReceipt: false,
  findPlanById: false,
  findPlanBySlug: false,
  findReceipt: false,
  findReservation: false,
  findSessionAccess: false,
  findSignIn: false,
  findSubscriptionAccount: false,
  findTrialClaim: false,
  findUser: false,
  findUserAccess: false,
  findUserByEmail: false,
  listApiKeys: false,
  listAuditEntries: false,
  listCreditEntries: false,
  listExpectedPayments: false,
  listEvents: false,
  listPayments: false,
  listPlans: false,
  listReceipts: false,
  lockAccount: false,
  lockDueAccounts: false,
  sumRefunds: false,
  sumUsage: false,
  // It writes, but beside the calls and at a time of its own.
  touchApiKeys: false,
}

/** What a verb answers when its guard did not hold, so that it has changed nothing. */
const guarded: readonly unknown[] = [null, false, 0, 'email_taken', 'external_user_id_taken']

/** A store that counts what has been written for good: verbs whose guard held, in a transaction only once that has ended well. */
export function watchedStore(store: Store): { store: Store; writes: () => number } {
  let written = 0
  const counting = wrappedStore(store, async ({ verb }, proceed) => {
    const result = await proceed()
    if (changes[verb as keyof StoreTransaction] === true && !guarded.includes(result)) written += 1
    return result
  })
  const watched: Store = {
    ...counting,
    async transaction(work) {
      const before = written
      try {
        return await counting.transaction(work)
      } catch (error) {
        written = before
        throw error
      }
    },
  }
  return { store: watched, writes: () => written }
}
