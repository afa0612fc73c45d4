import type { CreditEntry } from './credit.js'
import type { TenantryEventData } from './event.js'

/** Credits of the plan that came, or credits that lapsed. */
export type CreditHappening = {
  [Name in 'credits.granted' | 'credits.expired']: { readonly name: Name; readonly data: TenantryEventData[Name]; readonly at: Date }
}['credits.granted' | 'credits.expired']

/** What the passing of time has written into the ledger, each with the moment at which it was due. */
export function creditHappenings(entries: readonly CreditEntry[]): CreditHappening[] {
  return entries.flatMap(({ id: entryId, type, amount, balanceAfter: balance, metadata, createdAt }): CreditHappening[] => {
    if (type === 'subscription')
      return [{ name: 'credits.granted', data: { entryId, type, amount, balance }, at: momentIn(metadata['from'], createdAt) }]
    if (type === 'expiration')
      return [{ name: 'credits.expired', data: { entryId, amount: -amount, balance }, at: momentIn(metadata['expiredAt'], createdAt) }]
    return []
  })
}

/** A credit that lapses when it comes back from a reservation does so later than its lot; then the entry's own time counts. */
const momentIn = (text: unknown, otherwise: Date): Date => (typeof text === 'string' ? new Date(text) : otherwise)
