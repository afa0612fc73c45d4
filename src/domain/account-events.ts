import type { AccountStatus } from './account.js'
import type { CreditEntry, CreditEntryType } from './credit.js'
import type { EventContent } from './event.js'

const arrivals: readonly CreditEntryType[] = ['subscription', 'purchase', 'promotion']

/** What new entries of a ledger are worth telling: credits that arrived, and credits that were lost to time. */
export function creditEvents(entries: readonly CreditEntry[]): EventContent[] {
  return entries.flatMap(({ id: entryId, type, amount, balanceAfter: balance }): EventContent[] => {
    if (arrivals.includes(type)) return [{ name: 'credits.granted', data: { entryId, type, amount, balance } }]
    return type === 'expiration' ? [{ name: 'credits.expired', data: { entryId, amount: -amount, balance } }] : []
  })
}

/** What a change of an account's status is worth telling. */
export function statusEvents(from: AccountStatus, to: AccountStatus, reason: string): EventContent[] {
  if (from === to) return []
  if (to === 'suspended') return [{ name: 'account.suspended', data: { reason } }]
  if (to === 'cancelled') return [{ name: 'account.cancelled', data: { reason } }]
  const wasStopped = from === 'suspended' || from === 'cancelled'
  return wasStopped ? [{ name: 'account.reinstated', data: { reason, status: to } }] : []
}
