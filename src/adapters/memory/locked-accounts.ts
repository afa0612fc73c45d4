import type { CreditLot } from '../../domain/credit.js'
import { invariant } from '../../errors.js'
import type { AccountChange, LockedAccountOperations } from '../../ports/store/accounts.js'
import { accountRow, readAccountState } from './accounts.js'
import type { AccountRow, Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** The accounts that a transaction has locked or added. */
export type HeldAccounts = Set<string>

/** A database would let a change of an account that is not held pass, and lose an update once in a while. Here it is seen at once. */
export function mustHold(held: HeldAccounts, accountId: string): void {
  invariant(held.has(accountId), `account ${accountId} is changed without having been locked`)
}

/** Changes of an account that the transaction holds. */
export const lockedAccountVerbs = (tables: Tables, held: HeldAccounts): Verbs<LockedAccountOperations> => ({
  lockAccount(accountId) {
    held.add(accountId)
    return readAccountState(tables, accountId)
  },
  addAccount(account) {
    held.add(account.id)
    invariant(account.planId === null || tables.plans.find(account.planId) !== null, 'an account needs its plan')
    invariant(account.ownerId === null || tables.users.find(account.ownerId) !== null, 'an account needs its owner')
    tables.accounts.add({ ...account, statusReason: null, balance: 0, sequence: 0, unsettledSpend: 0, settlesAt: null })
  },
  saveAccount(change) {
    mustHold(held, change.accountId)
    tables.accounts.put(changed(accountRow(tables, change.accountId), change))
  },
  saveSubscription(subscription) {
    mustHold(held, subscription.accountId)
    accountRow(tables, subscription.accountId)
    invariant(tables.plans.find(subscription.planId) !== null, 'a subscription needs its plan')
    const { pendingPlanId } = subscription
    invariant(pendingPlanId === null || tables.plans.find(pendingPlanId) !== null, 'a scheduled change needs its plan')
    tables.subscriptions.put(subscription)
  },
  saveLedger({ before, after: { ledger, fingerprints }, settlesAt }) {
    const { accountId, balance, sequence, unsettledSpend } = ledger
    mustHold(held, accountId)
    tables.accounts.put({ ...accountRow(tables, accountId), balance, sequence, unsettledSpend, settlesAt })
    for (const entry of ledger.entries) {
      if (entry.sequence > before.sequence) tables.entries.add({ entry, fingerprint: fingerprints[entry.id] ?? null })
    }
    for (const lot of ledger.lots) {
      if (isChanged(before.lots, lot)) tables.lots.put(lot)
    }
    for (const reservation of ledger.reservations) {
      if (before.reservations.find(({ id }) => id === reservation.id)?.status !== reservation.status) tables.reservations.put(reservation)
    }
  },
})

function changed(row: AccountRow, { status, statusReason, paymentMethod, planId }: AccountChange): AccountRow {
  return {
    ...row,
    status: status ?? row.status,
    statusReason: statusReason === undefined ? row.statusReason : statusReason,
    paymentMethod: paymentMethod ?? row.paymentMethod,
    planId: planId ?? row.planId,
  }
}

/** Is the lot new, or not as it was? Of a lot, only what is left, what is set aside and when it expires ever change. */
function isChanged(before: readonly CreditLot[], lot: CreditLot): boolean {
  const known = before.find(({ id }) => id === lot.id)
  return (
    known === undefined ||
    known.remaining !== lot.remaining ||
    known.reserved !== lot.reserved ||
    known.expiresAt?.getTime() !== lot.expiresAt?.getTime()
  )
}
