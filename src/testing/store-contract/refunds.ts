import assert from 'node:assert/strict'
import { grant } from '../../domain/ledger.js'
import { settle } from '../../domain/settlement.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, changeLedger, present, type StoreCases, stampAt } from './world.js'

const hundred = { grants: [samples.grant({ amount: 100 })] }
const newestEntries = { accountId: 'account-1', beforeSequence: null, limit: 100 }

async function giveBack(store: Store, refundsEntryId: string, amount: number, accountId = 'account-1'): Promise<void> {
  const content = samples.grant({ type: 'refund', amount, refundsEntryId, idempotencyKey: `refund:${refundsEntryId}:${amount}` })
  await changeLedger(store, (before) => grant(settle(before, null, stampAt(5)).ledger, content, stampAt(5)), { accountId })
}

/** Promises about entries by id and what has been given back of them. */
export const refundCases: StoreCases = {
  'an entry is found by its id in any account, with its fingerprint': async (store) => {
    await addAccount(store, hundred)
    await addAccount(store, { id: 'account-2', ...hundred })
    const spent = await store.spendCredits(samples.spend({ id: 'spend-2', accountId: 'account-2', fingerprint: 'print' }))
    assert.deepEqual(await store.findCreditEntry('spend-2'), { entry: spent?.entry, fingerprint: 'print' })
    const [granted] = await store.listCreditEntries(newestEntries)
    assert.deepEqual(await store.findCreditEntry(present(granted).id), { entry: granted, fingerprint: null })
    assert.equal(await store.findCreditEntry('nowhere'), null)
  },
  'a refund names the entry that it gives back, and no other entry does': async (store) => {
    await addAccount(store, hundred)
    await store.spendCredits(samples.spend())
    await giveBack(store, 'spend-1', 4)
    assert.deepEqual(
      (await store.listCreditEntries(newestEntries)).map(({ type, refundsEntryId }) => [type, refundsEntryId]),
      [
        ['refund', 'spend-1'],
        ['usage', null],
        ['purchase', null],
      ],
    )
  },
  'the refunds of an entry are added up, those of other entries and accounts are not': async (store) => {
    await addAccount(store, hundred)
    await addAccount(store, { id: 'account-2', ...hundred })
    const of = (entryId: string, accountId = 'account-1') => store.sumRefunds({ accountId, entryId })
    for (const id of ['spend-1', 'spend-2']) await store.spendCredits(samples.spend({ id, amount: 30 }))
    assert.equal(await of('spend-1'), 0)
    await giveBack(store, 'spend-1', 4)
    await giveBack(store, 'spend-2', 9)
    await giveBack(store, 'spend-1', 7)
    await giveBack(store, 'spend-1', 2, 'account-2')
    assert.deepEqual([await of('spend-1'), await of('spend-2')], [11, 9])
    assert.deepEqual([await of('spend-1', 'account-2'), await of('spend-2', 'account-2'), await of('nowhere')], [2, 0, 0])
  },
  'refunds are added up up to the largest safe integer': async (store) => {
    await addAccount(store)
    await giveBack(store, 'spend-1', Number.MAX_SAFE_INTEGER - 1)
    await giveBack(store, 'spend-1', 1)
    assert.equal(await store.sumRefunds({ accountId: 'account-1', entryId: 'spend-1' }), Number.MAX_SAFE_INTEGER)
  },
  'the newest lot of plan credits is the last by time and then by id, also when it is used up': async (store) => {
    await addAccount(store, { grants: [samples.grant({ type: 'purchase' })] })
    await addAccount(store, { id: 'account-2' })
    assert.equal(await store.findNewestPlanLot('account-1'), null)
    const plan = (idempotencyKey: string) =>
      samples.grant({ type: 'subscription', amount: 10, priority: -1, expiresAt: at(900), idempotencyKey })
    await changeLedger(store, (before) => grant(before, plan('second'), stampAt(20)))
    await changeLedger(store, (before) => grant(before, plan('first'), stampAt(10)))
    await changeLedger(store, (before) => grant(before, samples.grant({ type: 'promotion' }), stampAt(30)))
    await changeLedger(store, (before) => grant(before, plan('twin'), stampAt(20)))
    await store.spendCredits(samples.spend({ amount: 30 }))
    await changeLedger(store, (before) => settle(before, null, stampAt(40)).ledger)
    const twin = present(await store.findCreditEntryByKey({ accountId: 'account-1', idempotencyKey: 'twin' }))
    const newest = present(await store.findNewestPlanLot('account-1'))
    assert.deepEqual([newest.id, newest.remaining, newest.expiresAt], [twin.entry.id, 0, at(900)])
    assert.equal(await store.findNewestPlanLot('account-2'), null)
  },
}
