import type { CreditLot } from './credit.js'
import { compareText, type EntryContent, grant, type Ledger, type Stamp } from './ledger.js'

/** Spent credits to be given back. */
export interface Refund extends Omit<EntryContent, 'type'> {
  /** Credits, a positive integer. */
  readonly amount: number
  /** The entry that spent them. */
  readonly refundsEntryId: string
  /** The newest lot of plan credits that the account has in the store, used up or not. */
  readonly newestPlanLot: CreditLot | null
}

/**
 * Gives spent credits back as a lot of their own, which lasts as long as the account's newest plan credits, or for ever where it has none or
 * they are over. Settle first.
 */
export function refund(ledger: Ledger, { amount, newestPlanLot, ...content }: Refund, stamp: Stamp): Ledger {
  const expiresAt = newestOf(ledger.lots, newestPlanLot)?.expiresAt ?? null
  const isOver = expiresAt !== null && expiresAt <= stamp.now
  return grant(ledger, { ...content, type: 'refund', amount, priority: 0, expiresAt: isOver ? null : expiresAt }, stamp)
}

/** The ledger knows better of a lot that it holds, and of those that the settlement has just granted. */
function newestOf(lots: readonly CreditLot[], stored: CreditLot | null): CreditLot | undefined {
  const isHeld = stored === null || lots.some(({ id }) => id === stored.id)
  const planLots = (isHeld ? lots : [...lots, stored]).filter(({ type }) => type === 'subscription')
  return planLots.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || compareText(b.id, a.id))[0]
}
