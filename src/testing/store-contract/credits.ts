import assert from 'node:assert/strict'
import type { AccountStatus } from '../../domain/account.js'
import { grant } from '../../domain/ledger.js'
import { samples } from '../samples.js'
import { addAccount, at, atOnce, awkwardJson, changeLedger, count, locked, type StoreCases, stampAt, stateOf } from './world.js'

const newestEntries = { accountId: 'account-1', beforeSequence: null, limit: 100 }
const hundred = { grants: [samples.grant({ amount: 100 })] }

const elaborate = samples.spend({
  amount: 30,
  idempotencyKey: `key "1" 'ß' \\ $1`,
  fingerprint: 'f'.repeat(64),
  operation: 'écriture',
  description: `Zoë's "draft" \\ 漢字 🦊`,
  userId: 'user-7',
  apiKeyId: 'key-7',
  metadata: awkwardJson,
  createdAt: at(7),
})

/** Promises about spending. */
export const creditCases: StoreCases = {
  'a spend answers the entry that it wrote': async (store) => {
    await addAccount(store, hundred)
    const { amount, fingerprint, ...content } = elaborate
    const entry = { ...content, sequence: 2, type: 'usage', amount: -30, balanceAfter: 70, refundsEntryId: null, actor: null }
    assert.deepEqual(await store.spendCredits(elaborate), { outcome: 'spent', entry, fingerprint })
    assert.deepEqual((await store.listCreditEntries(newestEntries))[0], entry)
    assert.deepEqual(await store.findCreditEntryByKey(elaborate), { entry, fingerprint })
  },
  'a spend without person, key or metadata is written without': async (store) => {
    await addAccount(store, hundred)
    await store.spendCredits(samples.spend())
    const [entry] = await store.listCreditEntries(newestEntries)
    assert.deepEqual([entry?.userId, entry?.apiKeyId, entry?.metadata, entry?.actor], [null, null, {}, null])
  },
  'a spend lowers the balance and raises the unsettled spend; the lots wait': async (store) => {
    await addAccount(store, { ...hundred, settlesAt: at(900) })
    const before = await stateOf(store)
    await store.spendCredits(samples.spend({ id: 'spend-1', amount: 30 }))
    await store.spendCredits(samples.spend({ id: 'spend-2', amount: 25 }))
    assert.deepEqual(await stateOf(store), {
      ...before,
      account: { ...before.account, credits: 45 },
      ledger: { ...before.ledger, balance: 45, sequence: 3, unsettledSpend: 55 },
    })
  },
  'a spend leaves other accounts alone': async (store) => {
    await addAccount(store, hundred)
    await addAccount(store, { id: 'account-2', ...hundred })
    const other = await stateOf(store, 'account-2')
    await store.spendCredits(samples.spend())
    assert.deepEqual(await stateOf(store, 'account-2'), other)
    assert.equal((await store.listCreditEntries({ ...newestEntries, accountId: 'account-2' })).length, 1)
  },
  'all credits can be spent, and not one more': async (store) => {
    await addAccount(store, hundred)
    assert.equal(await store.spendCredits(samples.spend({ id: 'spend-1', amount: 101 })), null)
    assert.equal((await store.spendCredits(samples.spend({ id: 'spend-2', amount: 100 })))?.entry.balanceAfter, 0)
    assert.equal(await store.spendCredits(samples.spend({ id: 'spend-3', amount: 1 })), null)
  },
  'a refused spend leaves no trace': async (store) => {
    await addAccount(store, hundred)
    const before = await stateOf(store)
    assert.equal(await store.spendCredits(samples.spend({ amount: 101 })), null)
    assert.deepEqual(await stateOf(store), before)
    assert.equal((await store.listCreditEntries(newestEntries)).length, 1)
    assert.equal(await store.findCreditEntryByKey({ accountId: 'account-1', idempotencyKey: 'key:spend-1' }), null)
  },
  'the key of a refused spend is free': async (store) => {
    await addAccount(store)
    assert.equal(await store.spendCredits(samples.spend()), null)
    await changeLedger(store, (ledger) => grant(ledger, samples.grant(), stampAt()))
    assert.equal((await store.spendCredits(samples.spend()))?.outcome, 'spent')
  },
  'an account that is not there spends nothing': async (store) => {
    await addAccount(store, hundred)
    assert.equal(await store.spendCredits(samples.spend({ accountId: 'nowhere' })), null)
    assert.equal((await stateOf(store)).account.credits, 100)
  },
  'suspended and cancelled accounts spend nothing, all others do': async (store) => {
    const isOpen: Record<AccountStatus, boolean> = { trial: true, active: true, pending_payment: true, suspended: false, cancelled: false }
    for (const [status, spends] of Object.entries(isOpen) as [AccountStatus, boolean][]) {
      await addAccount(store, { id: status, status, ...hundred })
      const answer = await store.spendCredits(samples.spend({ id: `spend-${status}`, accountId: status }))
      assert.equal(answer !== null, spends, status)
      assert.equal((await stateOf(store, status)).account.credits, spends ? 90 : 100, status)
    }
  },
  'a spend is refused from the very moment of the next settlement on': async (store) => {
    await addAccount(store, { ...hundred, settlesAt: at(500) })
    assert.equal(await store.spendCredits(samples.spend({ id: 'spend-1', createdAt: at(500) })), null)
    assert.equal(await store.spendCredits(samples.spend({ id: 'spend-2', createdAt: at(501) })), null)
    assert.equal((await store.spendCredits(samples.spend({ id: 'spend-3', createdAt: at(499) })))?.outcome, 'spent')
    assert.equal((await stateOf(store)).account.credits, 90)
  },
  'of many spends at once, as many succeed as the balance covers': async (store) => {
    await addAccount(store, hundred)
    const answers = await atOnce(20, (index) => store.spendCredits(samples.spend({ id: `spend-${index}`, amount: 7 })))
    assert.equal(count(answers, null), 6)
    assert.equal((await stateOf(store)).ledger.unsettledSpend, 98)
    assert.deepEqual(
      (await store.listCreditEntries(newestEntries)).map(({ sequence, balanceAfter }) => [sequence, balanceAfter]),
      Array.from({ length: 15 }, (_, index) => [15 - index, 2 + 7 * index]),
    )
  },
  'a spend that meets a held account sees what the transaction leaves': async (store) => {
    await addAccount(store, hundred)
    const outside = await store.transaction(async (tx) => {
      await locked(tx)
      const answer = store.spendCredits(samples.spend())
      await tx.saveAccount({ accountId: 'account-1', status: 'suspended', at: at(1) })
      return { answer }
    })
    assert.equal(await outside.answer, null)
    assert.equal((await stateOf(store)).account.credits, 100)
  },
  'inside a transaction a spend is spent, replayed and refused as outside': async (store) => {
    await addAccount(store, hundred)
    await store.transaction(async (tx) => {
      assert.equal((await tx.spendCredits(samples.spend({ id: 'spend-1' })))?.outcome, 'spent')
      assert.equal((await tx.spendCredits(samples.spend({ id: 'spend-2', idempotencyKey: 'key:spend-1' })))?.outcome, 'replayed')
      assert.equal(await tx.spendCredits(samples.spend({ id: 'spend-3', amount: 91 })), null)
      assert.equal((await locked(tx)).ledger.unsettledSpend, 10)
      assert.equal((await tx.spendCredits(samples.spend({ id: 'spend-4', amount: 90 })))?.entry.balanceAfter, 0)
    })
    assert.equal((await stateOf(store)).account.credits, 0)
  },
}
