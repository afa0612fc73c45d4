import type { Store } from 'tenantry'
import { samples } from 'tenantry/testing'
import { emptyLedger, grant } from '../../src/domain/ledger.js'

/** Adds `account-1` with its plan, its owner `account-1:owner` and one lot that never expires. */
export async function addAccountWith(store: Store, credits: number, accountId = 'account-1'): Promise<void> {
  const ownerId = `${accountId}:owner`
  await store.upsertPlan(samples.planContent())
  await store.addUser(samples.newUser({ id: ownerId, email: `${accountId}@example.com` }))
  await store.transaction(async (tx) => {
    await tx.addAccount(samples.newAccount({ id: accountId, ownerId }))
    await tx.addMembership(samples.membership({ accountId, userId: ownerId }))
    const before = emptyLedger(accountId)
    const stamp = { now: samples.user().createdAt, newId: () => `${accountId}:grant` }
    const ledger = grant(before, samples.grant({ amount: credits, expiresAt: null }), stamp)
    await tx.saveLedger({ before, after: { ledger, fingerprints: {} }, settlesAt: null })
  })
}

/** The balance of an account that is there. */
export async function balanceOf(store: Store, accountId = 'account-1'): Promise<number> {
  const state = await store.findAccountState(accountId)
  return state?.ledger.balance ?? Number.NaN
}
