import type { CreditLot } from './credit.js'

/** Has a lot with a cap outlived its expiry? From then on it has none. */
const hasRolledOver = ({ rolloverCap, expiresAt }: CreditLot): boolean => rolloverCap !== null && expiresAt === null

/** Has the expiry of a lot come by `at`, whether or not something of it goes on? */
export const isPast = (lot: CreditLot, at: Date): boolean => hasRolledOver(lot) || (lot.expiresAt !== null && lot.expiresAt <= at)

/**
 * How much of `amount` unused credits outlives the expiry of their lot: what its cap leaves beside the plan credits that have rolled over
 * before. What reservations have set aside counts when it comes back.
 */
export function keptAfterExpiry(lots: readonly CreditLot[], lot: CreditLot, amount: number): number {
  if (lot.rolloverCap === null) return 0
  const others = lots.filter((other) => other.id !== lot.id && hasRolledOver(other))
  const rolledOver = others.reduce((sum, { remaining }) => sum + remaining, 0)
  return Math.min(amount, Math.max(0, lot.rolloverCap - rolledOver))
}
