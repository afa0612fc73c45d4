import { grant } from '../../domain/ledger.js'
import { reserve } from '../../domain/reserve.js'
import { settle } from '../../domain/settlement.js'
import type { Store, StoreOperations, StoreTransaction } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, locked, stampAt } from './world.js'

const oldToken = 'a'.repeat(64)
const otherToken = 'b'.repeat(64)
const newToken = 'c'.repeat(64)
const oldSecret = 'd'.repeat(64)
const newSecret = 'e'.repeat(64)
const first = { before: null, limit: 50 }

/** Something of everything, for a transaction to change. */
export async function addEverything(store: Store): Promise<void> {
  const possessions = { subscription: {}, grants: [samples.grant()], settlesAt: at(900) }
  await addAccount(store, possessions)
  await store.addUser(samples.newUser({ passwordHash: 'old' }))
  await store.addSession(samples.session({ tokenHash: oldToken, userId: 'account-1:owner' }))
  await store.addSession(samples.session({ tokenHash: otherToken, accountId: null }))
  await store.addApiKey({ apiKey: samples.apiKey(), secretHash: oldSecret })
  await store.addApiKey({ apiKey: samples.apiKey({ id: 'key-2' }), secretHash: 'f'.repeat(64) })
  await store.addAuditEntry(samples.auditEntry())
  await store.transaction(async (tx) => {
    await locked(tx)
    await tx.savePayment(samples.recordedPayment())
  })
}

/** Uses every verb that writes, each so that it changes something. */
export async function changeEverything(tx: StoreTransaction): Promise<void> {
  await locked(tx)
  await changeGlobals(tx)
  await changePeople(tx)
  await tx.spendCredits(samples.spend())
  const { ledger: spent } = await locked(tx)
  const more = [
    samples.grant({ amount: 7, idempotencyKey: 'more' }),
    samples.grant({ type: 'refund', amount: 3, refundsEntryId: 'spend-1' }),
  ]
  const granted = more.reduce((before, content) => grant(before, content, stampAt(5)), settle(spent, null, stampAt(5)).ledger)
  const work = { amount: 9, idempotencyKey: 'work', operation: 'article', description: 'Writes an article', expiresAt: at(700) }
  const ledger = reserve(granted, work, { now: at(5), newId: () => 'reservation-1' })
  await tx.saveLedger({ before: spent, after: { ledger, fingerprints: {} }, settlesAt: at(700) })
  await tx.saveAccount({ accountId: 'account-1', status: 'cancelled', statusReason: 'left', paymentMethod: 'paypal', at: at(5) })
  await tx.saveSubscription(samples.subscription({ id: 'account-1:subscription', status: 'canceled', updatedAt: at(5) }))
  await tx.saveDueDates([{ accountId: 'account-1', livedUntil: at(5), nextDueAt: at(700) }])
  await tx.claimPaymentReference({ method: 'stripe', externalPaymentId: 'pi_1', accountId: 'account-1', paymentId: 'payment-1' })
  await tx.claimTransferReference({ reference: 'RF15BBBBBBBB', accountId: 'account-1', paymentId: 'payment-2' })
  await tx.savePayment(samples.recordedPayment({ status: 'rejected' }))
  await tx.savePayment(samples.recordedPayment({ id: 'payment-2' }))
}

async function changeGlobals(tx: StoreTransaction): Promise<void> {
  await tx.upsertPlan(samples.planContent({ name: 'Renamed' }))
  await tx.upsertPlan(samples.planContent({ id: 'plan-2', slug: 'pro' }))
  await tx.setPlanActive({ slug: 'starter', isActive: false, at: at(5) })
  await tx.addAuditEntry(samples.auditEntry({ id: 'audit-2' }))
  await tx.addApiKey({ apiKey: samples.apiKey({ id: 'key-3' }), secretHash: newSecret })
  await tx.revokeApiKey({ accountId: 'account-1', apiKeyId: 'key-1', at: at(5) })
  await tx.replaceApiKey({ accountId: 'account-1', apiKeyId: 'key-2', replacedById: 'key-3', expiresAt: at(9), at: at(5) })
}

async function changePeople(tx: StoreTransaction): Promise<void> {
  await tx.addUser(samples.newUser({ id: 'user-2', externalUserId: 'idp|2' }))
  await tx.addAccount(samples.newAccount({ id: 'account-2', ownerId: 'user-2' }))
  await tx.addMembership(samples.membership({ accountId: 'account-2', userId: 'user-2' }))
  await tx.setPasswordHash({ userId: 'user-1', from: 'old', to: 'new', at: at(5) })
  await tx.setPlatformRole({ userId: 'user-1', platformRole: 'admin', at: at(5) })
  await tx.rememberAddress({ userId: 'user-1', slot: 0, hash: 'a'.repeat(64), lastSeenAt: at(5) })
  await tx.addSession(samples.session({ tokenHash: newToken, userId: 'user-2', accountId: 'account-2' }))
  await tx.revokeSession({ tokenHash: oldToken, at: at(5) })
  await tx.revokeSessions({ userId: 'user-1', keepTokenHash: null, at: at(5) })
}

/** All that can be read of what those two wrote, by name. */
export async function readEverything(store: StoreOperations): Promise<Record<string, unknown>> {
  const accountId = 'account-1'
  return {
    plans: await store.listPlans(first),
    oldUser: await store.findUser('user-1'),
    signIn: await store.findSignIn('user-1@example.com'),
    newUser: await store.findUserByEmail('user-2@example.com'),
    newAccount: await store.findAccountState('account-2'),
    newMembership: await store.findMembership({ accountId: 'account-2', userId: 'user-2' }),
    newUserAccess: await store.findUserAccess('user-2'),
    oldSession: await store.findSessionAccess(oldToken),
    otherSession: await store.findSessionAccess(otherToken),
    newSession: await store.findSessionAccess(newToken),
    apiKeys: await store.listApiKeys({ accountId, ...first }),
    newApiKey: await store.findApiKeyAccess(newSecret),
    oldApiKey: await store.findApiKeyAccess(oldSecret),
    account: await store.findAccountState(accountId),
    entries: await store.listCreditEntries({ accountId, beforeSequence: null, limit: 50 }),
    spend: await store.findCreditEntryByKey({ accountId, idempotencyKey: 'key:spend-1' }),
    spendById: await store.findCreditEntry('spend-1'),
    refunds: await store.sumRefunds({ accountId, entryId: 'spend-1' }),
    reservation: await store.findReservation('reservation-1'),
    usage: await store.sumUsage({ accountId, from: at(-1), to: at(1000), by: 'operation' }),
    payments: await store.listPayments({ accountId: null, status: null, ...first }),
    oldPayment: await store.findPayment('payment-1'),
    newPayment: await store.findPayment('payment-2'),
    openTransfer: await store.findOpenTransfer(accountId),
    transferByReference: await store.findTransferByReference('RF15BBBBBBBB'),
    paymentReference: await store.findPaymentReference({ method: 'stripe', externalPaymentId: 'pi_1' }),
    audit: await store.listAuditEntries({ accountId: null, ...first }),
  }
}
