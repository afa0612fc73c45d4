import { hash } from 'node:crypto'
import { canonicalJson } from './canonical-json.js'
import type { CreditEntry } from './credit.js'

/** What an entry says of itself. Its number and the balance after it follow from the entries before it. */
export type EntryFacts = Omit<CreditEntry, 'sequence' | 'balanceAfter'>

/** The hash before the first entry of an account, in hexadecimal: of no bytes. */
export const noEntryHash = ''

/**
 * The SHA-256, in hexadecimal, of an entry's facts and of the fingerprint of the request that made it. Each fact is written with its length in
 * front, so that no two entries are written alike; one that is not there is a dash. Times are milliseconds since 1970.
 */
export function entryDigest(entry: EntryFacts, fingerprint: string | null): string {
  const { actor } = entry
  return hash(
    'sha256',
    written(entry.accountId) +
      written(entry.id) +
      written(entry.type) +
      written(`${entry.amount}`) +
      written(entry.operation) +
      written(entry.description) +
      written(entry.idempotencyKey) +
      written(fingerprint) +
      written(canonicalJson(entry.metadata)) +
      written(entry.userId) +
      written(entry.apiKeyId) +
      written(entry.refundsEntryId) +
      written(actor === null ? null : actor.type) +
      written(actor === null ? null : actor.id) +
      written(`${entry.createdAt.getTime()}`),
  )
}

/** Written for speed, as every spend asks for it. */
const written = (fact: string | null): string => (fact === null ? '-' : `${fact.length}:${fact}`)

/**
 * The hash of an entry: the SHA-256 of the bytes of the hash before it and of its digest, all in hexadecimal. So each entry vouches for all
 * that came before it in its account: whoever changes one has to change every later one too.
 */
export const chainHash = (before: string, digest: string): string => hash('sha256', Buffer.from(before + digest, 'hex'))

/** An entry in its chain, with the fingerprint of the request that made it. */
export interface ChainedEntry {
  readonly entry: CreditEntry
  readonly fingerprint: string | null
  readonly hash: string
}

/** Chains entries to the hash before them, oldest first; fingerprints by entry id. */
export function chainEntries(
  entries: readonly CreditEntry[],
  fingerprints: Readonly<Record<string, string>>,
  hashBefore: string,
): ChainedEntry[] {
  let hash = hashBefore
  return entries.map((entry) => {
    const fingerprint = fingerprints[entry.id] ?? null
    hash = chainHash(hash, entryDigest(entry, fingerprint))
    return { entry, fingerprint, hash }
  })
}
