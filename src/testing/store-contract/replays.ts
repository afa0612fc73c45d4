import assert from 'node:assert/strict'
import type { SpendOutcome } from '../../ports/store/credits.js'
import { samples } from '../samples.js'
import { addAccount, at, atOnce, count, locked, present, type StoreCases, stateOf } from './world.js'

const hundred = { grants: [samples.grant({ amount: 100, idempotencyKey: 'granted' })] }
const again = (overrides: Parameters<typeof samples.spend>[0] = {}) =>
  samples.spend({ id: 'spend-again', idempotencyKey: 'key:spend-1', ...overrides })

const replayed = (first: SpendOutcome | null): SpendOutcome => ({ ...present(first), outcome: 'replayed' })

/** Promises about a spend whose key was used before. */
export const replayCases: StoreCases = {
  'a repeated spend answers the first entry and takes nothing': async (store) => {
    await addAccount(store, hundred)
    const first = await store.spendCredits(samples.spend({ metadata: { page: 1 } }))
    const before = await stateOf(store)
    assert.deepEqual(await store.spendCredits(again({ metadata: { page: 1 } })), replayed(first))
    assert.deepEqual(await stateOf(store), before)
  },
  'a repeated spend with the same entry id is a replay as well': async (store) => {
    await addAccount(store, hundred)
    const first = await store.spendCredits(samples.spend())
    assert.deepEqual(await store.spendCredits(samples.spend()), replayed(first))
    assert.equal((await stateOf(store)).account.credits, 90)
  },
  'other content under the same key is a replay with the first fingerprint, for the caller to compare': async (store) => {
    await addAccount(store, hundred)
    const first = await store.spendCredits(samples.spend({ fingerprint: 'first' }))
    const other = again({ fingerprint: 'other', amount: 55, operation: 'other', createdAt: at(5) })
    assert.deepEqual(await store.spendCredits(other), replayed(first))
    assert.equal((await stateOf(store)).account.credits, 90)
  },
  'a replay is answered whatever the guard says': async (store) => {
    await addAccount(store, { ...hundred, settlesAt: at(500) })
    const first = await store.spendCredits(samples.spend({ amount: 100 }))
    assert.deepEqual(await store.spendCredits(again({ amount: 100 })), replayed(first), 'the balance is used up')
    assert.deepEqual(await store.spendCredits(again({ createdAt: at(500) })), replayed(first), 'the settlement is due')
    await store.transaction(async (tx) => {
      await locked(tx)
      await tx.saveAccount({ accountId: 'account-1', status: 'suspended', at: at(1) })
    })
    assert.deepEqual(await store.spendCredits(again()), replayed(first), 'the account is suspended')
  },
  'the key of an entry that is no spend answers that entry': async (store) => {
    await addAccount(store, hundred)
    const answer = await store.spendCredits(samples.spend({ idempotencyKey: 'granted' }))
    const [entry] = await store.listCreditEntries({ accountId: 'account-1', beforeSequence: null, limit: 1 })
    assert.deepEqual(answer, { outcome: 'replayed', entry, fingerprint: null })
    assert.equal((await stateOf(store)).account.credits, 100)
  },
  'a key is of one account': async (store) => {
    await addAccount(store, hundred)
    await addAccount(store, { id: 'account-2', ...hundred })
    assert.equal((await store.spendCredits(samples.spend()))?.outcome, 'spent')
    assert.equal((await store.spendCredits(again({ accountId: 'account-2' })))?.outcome, 'spent')
    assert.equal((await stateOf(store)).account.credits, 90)
    assert.equal((await stateOf(store, 'account-2')).account.credits, 90)
  },
  'of many spends with one key at once, one takes and the others answer its entry': async (store) => {
    await addAccount(store, hundred)
    const answers = await atOnce(12, (index) => store.spendCredits(samples.spend({ id: `spend-${index}`, idempotencyKey: 'one' })))
    const outcomes = answers.map((answer) => answer?.outcome)
    assert.deepEqual([count(outcomes, 'spent'), count(outcomes, 'replayed')], [1, 11])
    const winner = answers[outcomes.indexOf('spent')]?.entry
    for (const answer of answers) assert.deepEqual(answer?.entry, winner)
    const { ledger } = await stateOf(store)
    assert.deepEqual([ledger.balance, ledger.unsettledSpend, ledger.sequence], [90, 10, 2])
  },
  'of many spends of the last credits with one key at once, none is refused': async (store) => {
    await addAccount(store, hundred)
    const spend = (index: number) => store.spendCredits(samples.spend({ id: `spend-${index}`, idempotencyKey: 'one', amount: 100 }))
    const outcomes = (await atOnce(8, spend)).map((answer) => answer?.outcome)
    assert.deepEqual([count(outcomes, 'spent'), count(outcomes, 'replayed')], [1, 7])
  },
  'a spend whose key a transaction is using waits, and is a replay if that commits': async (store) => {
    await addAccount(store, hundred)
    const outside = await store.transaction(async (tx) => {
      const first = await tx.spendCredits(samples.spend())
      return { first, answer: store.spendCredits(again()) }
    })
    assert.deepEqual(await outside.answer, replayed(outside.first))
    assert.equal((await stateOf(store)).account.credits, 90)
  },
  'a spend whose key a transaction is using waits, and is spent if that rolls back': async (store) => {
    await addAccount(store, hundred)
    const outside: { answer?: Promise<SpendOutcome | null> } = {}
    const transaction = store.transaction(async (tx) => {
      await tx.spendCredits(samples.spend())
      outside.answer = store.spendCredits(again({ amount: 30 }))
      throw new Error('rolled back')
    })
    await assert.rejects(transaction, /rolled back/)
    const answer = await outside.answer
    assert.deepEqual([answer?.outcome, answer?.entry.sequence, answer?.entry.balanceAfter], ['spent', 2, 70])
  },
}
