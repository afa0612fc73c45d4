import type { AccountBook, Report } from './books.js'
import { chainHash, noEntryHash } from './entry-hash.js'

/** An entry as the chain of hashes sees it. */
export interface HashLink {
  readonly sequence: number
  /** The hash that is written with it. */
  readonly hash: string
  /** The digest of its content as it is now. */
  readonly digest: string
}

/** The check of the hashes; it is shown the entries from the newest to the oldest. */
export interface HashCheck {
  readonly entry: (link: HashLink) => void
  readonly end: () => void
}

interface Judged extends HashLink {
  /** What its hash should be after the one before it. */
  readonly expected: string
}

/**
 * Each hash is made of the one before it. A wrong hash would make the next one look wrong too: so an entry is only named if its hash is
 * wrong also after what the hash before it should have been.
 */
export function checkHashes({ entryHash }: AccountBook, report: Report): HashCheck {
  let newest: Judged | null = null
  let newer: Judged | null = null
  let link: HashLink | null = null

  const name = ({ sequence, hash, expected }: Judged): void =>
    report({ invariant: 'hash_is_of_its_entry', sequence, expected, found: hash })

  /** Judges the last link that was shown, now that the hash before it is known, and the one after it with it. */
  function judge(before: string): void {
    if (link === null) return
    const judged: Judged = { ...link, expected: chainHash(before, link.digest) }
    if (newer !== null && newer.hash !== newer.expected && newer.hash !== chainHash(judged.expected, newer.digest)) name(newer)
    newest ??= judged
    newer = judged
  }

  return {
    entry(next) {
      judge(next.hash)
      link = next
    },
    end() {
      judge(noEntryHash)
      if (newer !== null && newer.hash !== newer.expected) name(newer)
      const expected = newest?.hash ?? noEntryHash
      if (entryHash !== expected && entryHash !== newest?.expected) report({ invariant: 'hash_is_the_newest', expected, found: entryHash })
    },
  }
}
