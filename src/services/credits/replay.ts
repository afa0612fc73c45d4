import type { CreditEntry } from '../../domain/credit.js'
import { TenantryError } from '../../errors.js'
import type { RecordedEntry } from '../../ports/store/credits.js'

/** What an operation on the ledger answers. */
export interface CreditResult {
  readonly entry: CreditEntry
  /** The balance right after the entry, in credits. */
  readonly balance: number
  /** `true` when the key was used before with the same content: nothing was done again, this is the first answer. */
  readonly replayed: boolean
}

/**
 * Answers a repeated request with its first answer.
 *
 * @throws TenantryError `idempotency_mismatch` when the key was used with other content
 */
export function replay({ entry, fingerprint: recorded }: RecordedEntry, fingerprint: string): CreditResult {
  if (recorded !== fingerprint) throw new TenantryError('idempotency_mismatch', { idempotencyKey: entry.idempotencyKey })
  return { entry, balance: entry.balanceAfter, replayed: true }
}
