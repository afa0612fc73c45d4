import { beforeEach, describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/adapters/memory/index.js'
import { emptyLedger } from '../../src/domain/ledger.js'
import type { Store, StoreTransaction } from '../../src/ports/store/store.js'
import { samples } from '../../src/testing/samples.js'
import { storeContract } from '../../src/testing/store-contract/index.js'

const cases = storeContract(memoryStore)

describe('memoryStore', () => {
  test.each(cases)('$name', ({ run }) => run())
})

describe('memoryStore finds mistakes that a database would let pass', () => {
  let store: Store

  beforeEach(async () => {
    store = memoryStore()
    await store.upsertPlan(samples.planContent())
    await store.transaction((tx) => tx.addAccount(samples.newAccount({ ownerId: null })))
  })

  const ledger = emptyLedger('account-1')
  const changes: [string, (tx: StoreTransaction) => Promise<void>][] = [
    ['saveAccount', (tx) => tx.saveAccount({ accountId: 'account-1', status: 'suspended', at: new Date(0) })],
    ['saveSubscription', (tx) => tx.saveSubscription(samples.subscription())],
    ['saveLedger', (tx) => tx.saveLedger({ before: ledger, after: { ledger, fingerprints: {} }, settlesAt: null })],
    ['savePayment', (tx) => tx.savePayment(samples.recordedPayment())],
  ]

  test.each(changes)('%s of an account that the transaction has not locked', async (_verb, change) => {
    await expect(store.transaction(change)).rejects.toThrow('without having been locked')
    await store.transaction(async (tx) => {
      await tx.lockAccount('account-1')
      await change(tx)
    })
  })

  test('a payment saved outside of a transaction', async () => {
    await expect(store.savePayment(samples.recordedPayment())).rejects.toThrow('without having been locked')
  })

  test('an operation of a transaction that has ended', async () => {
    const kept = await store.transaction(async (tx) => ({ tx }))
    await expect(kept.tx.addUser(samples.newUser())).rejects.toThrow('the transaction has ended')
    expect(await store.findUser('user-1')).toBeNull()
  })
})

describe('storeContract', () => {
  test('names each of its cases once', () => {
    const names = cases.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  test('calls for a fresh store in every case', async () => {
    let made = 0
    const counted = storeContract(() => {
      made += 1
      return memoryStore()
    })
    for (const { run } of counted) await run()
    expect(made).toBe(counted.length)
  })
})
