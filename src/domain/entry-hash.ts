import { hash } from 'node:crypto'
import { canonicalJson } from './canonical-json.js'
import type { CreditEntry } from './credit.js'

/** What an entry says of itself. Its number and the balance after it follow from the entries before it. */
export type EntryFacts = Omit<CreditEntry, 'sequence' | 'balanceAfter'>

/** The hash before the first entry of an account, in hexadecimal: of no bytes. */
export const noEntryHash = ''

/** The SHA-256, in hexadecimal, of an entry's facts and of the fingerprint of the request that made it. */
export function entryDigest(entry: EntryFacts, fingerprint: string | null): string {
  return hash(
    'sha256',
    JSON.stringify([
      entry.accountId,
      entry.id,
      entry.type,
      entry.amount,
      entry.operation,
      entry.description,
      entry.idempotencyKey,
      fingerprint,
      canonicalJson(entry.metadata),
      entry.userId,
      entry.apiKeyId,
      entry.refundsEntryId,
      entry.actor?.type ?? null,
      entry.actor?.id ?? null,
      entry.createdAt,
    ]),
  )
}

/**
 * The hash of an entry: the SHA-256 of the bytes of the hash before it and of its digest, all in hexadecimal. So each entry vouches for all
 * that came before it in its account: whoever changes one has to change every later one too.
 */
export const chainHash = (before: string, digest: string): string => hash('sha256', Buffer.from(before + digest, 'hex'))
