import { type CreditEntry, chainHash, entryDigest, type HashedEntry, noEntryHash } from 'tenantry'

/** Entries of an account from its first on, with the hashes that a store would give them. No request made them. */
export function hashed(entries: readonly CreditEntry[]): HashedEntry[] {
  let hash = noEntryHash
  return entries.map((entry) => {
    hash = chainHash(hash, entryDigest(entry, null))
    return { entry, fingerprint: null, hash }
  })
}
