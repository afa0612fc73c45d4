import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { type CreditEntry, chainHash, entryDigest, noEntryHash } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { checkHashes, type HashLink } from '../../src/domain/book-hashes.js'
import type { AccountBook, BookProblem } from '../../src/domain/books.js'

const entry: CreditEntry = {
  id: 'entry-1',
  accountId: 'account-1',
  sequence: 1,
  type: 'usage',
  amount: -7,
  balanceAfter: 93,
  operation: 'article',
  description: 'Writes an article',
  idempotencyKey: 'key-1',
  metadata: { model: 'x', pages: [1, 2], nested: { b: 1, a: null } },
  userId: 'user-1',
  apiKeyId: 'key-1',
  refundsEntryId: null,
  actor: { type: 'user', id: 'user-1' },
  createdAt: new Date('2026-01-01T00:00:00.000Z'),
}

describe('the digest of an entry', () => {
  test('is the same for ever: a change of it would make every ledger look tampered with', () => {
    const written =
      '9:account-17:entry-15:usage2:-77:article17:Writes an article5:key-15:print' +
      '53:{"model":"x","nested":{"a":null,"b":1},"pages":[1,2]}6:user-15:key-1-4:user6:user-113:1767225600000'
    expect(entryDigest(entry, 'print')).toBe(createHash('sha256').update(written).digest('hex'))
  })

  test.each(
    Object.entries({
      id: 'entry-2',
      accountId: 'account-2',
      type: 'adjustment',
      amount: -8,
      operation: null,
      description: 'Writes an Article',
      idempotencyKey: 'key-2',
      metadata: { model: 'y' },
      userId: null,
      apiKeyId: null,
      refundsEntryId: 'entry-0',
      actor: null,
      createdAt: new Date('2026-01-01T00:00:00.001Z'),
    } satisfies Partial<CreditEntry>),
  )('depends on %s', (field, value) => {
    expect(entryDigest({ ...entry, [field]: value }, 'print')).not.toBe(entryDigest(entry, 'print'))
  })

  test('depends on the fingerprint, and on which of two actors has an id', () => {
    expect(entryDigest(entry, null)).not.toBe(entryDigest(entry, 'null'))
    expect(entryDigest({ ...entry, actor: { type: 'admin', id: 'user-1' } }, 'print')).not.toBe(entryDigest(entry, 'print'))
  })

  test('does not depend on the order of fields, which a database may not keep', () => {
    const reordered = { ...entry, metadata: { nested: { a: null, b: 1 }, pages: [1, 2], model: 'x' } }
    expect(entryDigest(reordered, 'print')).toBe(entryDigest(entry, 'print'))
  })

  test('is that of number and balance neither, which follow from the entries before', () => {
    expect(entryDigest({ ...entry, sequence: 2, balanceAfter: 0 } as CreditEntry, 'print')).toBe(entryDigest(entry, 'print'))
  })
})

describe('the hash of an entry', () => {
  test('is the SHA-256 of the bytes of the hash before and of the digest', () => {
    const [before, digest] = ['ab'.repeat(32), 'cd'.repeat(32)]
    const expected = createHash('sha256').update(Buffer.from(before, 'hex')).update(Buffer.from(digest, 'hex')).digest('hex')
    expect(chainHash(before, digest)).toBe(expected)
    expect(chainHash(noEntryHash, digest)).toBe(createHash('sha256').update(Buffer.from(digest, 'hex')).digest('hex'))
  })
})

/** A chain of entries, oldest first. */
function chainOf(length: number): HashLink[] {
  const links: HashLink[] = []
  for (let sequence = 1; sequence <= length; sequence++) {
    const digest = entryDigest({ ...entry, id: `entry-${sequence}` }, null)
    links.push({ sequence, digest, hash: chainHash(links.at(-1)?.hash ?? noEntryHash, digest) })
  }
  return links
}

function problemsOf(links: readonly HashLink[], entryHash: string): [string, number | undefined][] {
  const problems: Omit<BookProblem, 'accountId'>[] = []
  const check = checkHashes({ entryHash } as AccountBook, (problem) => problems.push(problem))
  for (const link of links.toReversed()) check.entry(link)
  check.end()
  return problems.map(({ invariant, sequence }) => [invariant, sequence])
}

/** Another hexadecimal text: one digit is another one. */
const flipped = (text: string, place: number): string => {
  const at = place % text.length
  return text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1)
}

describe('the check of the hashes', () => {
  const cases = fc.record({ length: fc.integer({ min: 1, max: 12 }), at: fc.nat(), place: fc.nat() })

  test('finds nothing in a chain that is whole, of any length', () => {
    for (const length of [0, 1, 2, 3, 10]) expect(problemsOf(chainOf(length), chainOf(length).at(-1)?.hash ?? noEntryHash)).toEqual([])
  })

  test('names the one entry whose content is not what it was', () => {
    fc.assert(
      fc.property(cases, ({ length, at, place }) => {
        const links = chainOf(length)
        const index = at % length
        const changed = links.map((link, n) => (n === index ? { ...link, digest: flipped(link.digest, place) } : link))
        expect(problemsOf(changed, links.at(-1)?.hash ?? '')).toEqual([['hash_is_of_its_entry', index + 1]])
      }),
    )
  })

  test('names the one entry whose hash is not what it was, and no entry after it', () => {
    fc.assert(
      fc.property(cases, ({ length, at, place }) => {
        const links = chainOf(length)
        const index = at % length
        const changed = links.map((link, n) => (n === index ? { ...link, hash: flipped(link.hash, place) } : link))
        expect(problemsOf(changed, links.at(-1)?.hash ?? '')).toEqual([['hash_is_of_its_entry', index + 1]])
      }),
    )
  })

  test('names the entry after one that is gone, and the account when it was the newest', () => {
    const links = chainOf(5)
    const newest = links.at(-1)?.hash ?? ''
    for (const gone of [1, 2, 3, 4]) {
      expect(
        problemsOf(
          links.filter(({ sequence }) => sequence !== gone),
          newest,
        ),
      ).toEqual([['hash_is_of_its_entry', gone + 1]])
    }
    expect(problemsOf(links.slice(0, -1), newest)).toEqual([['hash_is_the_newest', undefined]])
    expect(problemsOf([], newest)).toEqual([['hash_is_the_newest', undefined]])
  })

  test('names the account whose own hash is not what it was', () => {
    expect(problemsOf(chainOf(3), flipped(chainOf(3).at(-1)?.hash ?? '', 5))).toEqual([['hash_is_the_newest', undefined]])
  })

  test('names entries that have changed places', () => {
    const [one, two, three, four] = chainOf(4) as [HashLink, HashLink, HashLink, HashLink]
    const found = problemsOf([one, { ...three, sequence: 2 }, { ...two, sequence: 3 }, four], four.hash)
    expect(found.map(([, sequence]) => sequence)).toEqual([4, 3, 2])
  })

  test('names the account when an entry and all later hashes were written anew, but not the hash that the account keeps', () => {
    const links = chainOf(6)
    let hash = links[2]?.hash ?? ''
    const rewritten = links.map((link) => {
      if (link.sequence <= 3) return link
      const digest = link.sequence === 4 ? flipped(link.digest, 1) : link.digest
      hash = chainHash(hash, digest)
      return { ...link, digest, hash }
    })
    expect(problemsOf(rewritten, links.at(-1)?.hash ?? '')).toEqual([['hash_is_the_newest', undefined]])
  })
})
