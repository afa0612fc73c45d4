import assert from 'node:assert/strict'
import { chainHash, entryDigest, noEntryHash } from '../../domain/entry-hash.js'
import { grant, takeAway } from '../../domain/ledger.js'
import { settle } from '../../domain/settlement.js'
import type { HashedEntry } from '../../ports/store/credits.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, atOnce, awkwardJson, changeLedger, present, type StoreCases, stampAt } from './world.js'

interface Chain {
  readonly entryHash: string
  readonly entries: readonly HashedEntry[]
}

/** Reads the chain of an account, oldest first, page by page. */
const readChain = (store: Store, accountId = 'account-1'): Promise<Chain> =>
  store.snapshot(async (books) => {
    const { entryHash } = present(await books.readBook(accountId))
    const newest = await books.listHashedEntries({ accountId, beforeSequence: null, limit: 2 })
    const beforeSequence = newest.at(-1)?.entry.sequence ?? null
    const older = newest.length < 2 ? [] : await books.listHashedEntries({ accountId, beforeSequence, limit: 100 })
    return { entryHash, entries: [...newest, ...older].reverse() }
  })

/** Each hash follows from the one before it and the entry as it is read, and the last one is the account's. */
async function requireUnbroken(store: Store, length: number, accountId = 'account-1'): Promise<void> {
  const { entryHash, entries } = await readChain(store, accountId)
  assert.equal(entries.length, length)
  let hash = noEntryHash
  for (const { entry, fingerprint, hash: found } of entries) {
    hash = chainHash(hash, entryDigest(entry, fingerprint))
    assert.equal(found, hash, `the hash of entry ${entry.sequence}`)
  }
  assert.equal(entryHash, hash)
}

/** Promises about the hashes of entries. */
export const hashCases: StoreCases = {
  'an account without entries has the hash of nothing': async (store) => {
    await addAccount(store)
    assert.deepEqual(await readChain(store), { entryHash: noEntryHash, entries: [] })
  },
  'saved entries are chained, with and without a fingerprint': async (store) => {
    await addAccount(store, {
      grants: [samples.grant({ idempotencyKey: 'a', metadata: awkwardJson }), samples.grant({ idempotencyKey: 'b' })],
    })
    await requireUnbroken(store, 2)
    await store.transaction(async (tx) => {
      const { ledger: before } = present(await tx.lockAccount('account-1'))
      const one = grant(before, samples.grant({ idempotencyKey: 'c', actor: { type: 'admin', id: 'user-7' } }), stampAt(3))
      const two = takeAway(one, 7, { type: 'adjustment', idempotencyKey: 'd', description: `Zoë's \\ 漢字` }, stampAt(4))
      const fingerprints = Object.fromEntries(two.entries.map(({ id }) => [id, `print of ${id}`]))
      await tx.saveLedger({ before, after: { ledger: two, fingerprints }, settlesAt: null })
    })
    await requireUnbroken(store, 4)
  },
  'two saves in one transaction are chained': async (store) => {
    await addAccount(store)
    await store.transaction(async (tx) => {
      const { ledger: before } = present(await tx.lockAccount('account-1'))
      const first = grant(before, samples.grant({ idempotencyKey: 'a' }), stampAt())
      const prints = { [present(first.entries[0]).id]: 'print' }
      await tx.saveLedger({ before, after: { ledger: first, fingerprints: prints }, settlesAt: null })
      const second = grant(first, samples.grant({ idempotencyKey: 'b' }), stampAt())
      await tx.saveLedger({ before: first, after: { ledger: second, fingerprints: {} }, settlesAt: null })
    })
    await requireUnbroken(store, 2)
  },
  'spends are chained, whatever they say': async (store) => {
    await addAccount(store, { grants: [samples.grant()] })
    await store.spendCredits(samples.spend({ id: 'spend-1', metadata: awkwardJson, operation: `Zoë's "\\" 漢字`, userId: 'user-1' }))
    await store.spendCredits(samples.spend({ id: 'spend-2', metadata: { b: 1, a: { d: 2, c: 3 }, aa: [] }, apiKeyId: 'key-1' }))
    await requireUnbroken(store, 3)
  },
  'a spend that is refused or replayed leaves the chain as it is': async (store) => {
    await addAccount(store, { grants: [samples.grant({ amount: 10 })] })
    await store.spendCredits(samples.spend({ amount: 10 }))
    await store.spendCredits(samples.spend({ amount: 10 }))
    await store.spendCredits(samples.spend({ id: 'spend-2', amount: 1 }))
    await requireUnbroken(store, 2)
  },
  'spends and saves that follow each other are one chain': async (store) => {
    await addAccount(store, { grants: [samples.grant()] })
    await store.spendCredits(samples.spend({ id: 'spend-1' }))
    await changeLedger(store, (before) =>
      grant(settle(before, null, stampAt(1)).ledger, samples.grant({ idempotencyKey: 'more' }), stampAt(1)),
    )
    await store.transaction((tx) => tx.spendCredits(samples.spend({ id: 'spend-2' })))
    await requireUnbroken(store, 4)
  },
  'many spends at once, of two accounts, are a chain for each': async (store) => {
    for (const id of ['account-1', 'account-2']) await addAccount(store, { id, grants: [samples.grant({ amount: 100 })] })
    await atOnce(30, (n) =>
      store.spendCredits(samples.spend({ id: `spend-${n}`, accountId: `account-${1 + (n % 2)}`, amount: 1 + n, metadata: { n } })),
    )
    const lengths = await Promise.all(['account-1', 'account-2'].map(async (id) => (await readChain(store, id)).entries.length))
    await requireUnbroken(store, present(lengths[0]))
    await requireUnbroken(store, present(lengths[1]), 'account-2')
  },
}
