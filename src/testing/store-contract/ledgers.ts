import assert from 'node:assert/strict'
import { compareBurnOrder, grant, type Ledger, takeAway } from '../../domain/ledger.js'
import { settle } from '../../domain/settlement.js'
import { samples } from '../samples.js'
import { addAccount, at, awkwardJson, changeLedger, locked, present, type StoreCases, stampAt, stateOf } from './world.js'

const granted = (ledger: Ledger, amount: number, idempotencyKey: string): Ledger =>
  grant(ledger, samples.grant({ amount, idempotencyKey }), stampAt())

const newestEntries = { accountId: 'account-1', beforeSequence: null, limit: 100 }

/** Promises about what a transaction writes into the ledger of an account that it has locked. */
export const ledgerCases: StoreCases = {
  'a grant comes back as balance, entry, lot and next settlement': async (store) => {
    await addAccount(store)
    const content = samples.grant({
      type: 'promotion',
      amount: 250,
      priority: 5,
      expiresAt: at(900),
      rolloverCap: 40,
      description: `Zoë's "gift" \\ 漢字`,
      metadata: awkwardJson,
      actor: { type: 'admin', id: 'user-7' },
    })
    let ledger: Ledger | null = null
    await changeLedger(store, (before) => (ledger = grant(before, content, stampAt(3))), { settlesAt: at(900) })
    const { lots, entries } = present<Ledger>(ledger)
    const state = await stateOf(store)
    assert.equal(state.account.credits, 250)
    assert.deepEqual(state.settlesAt, at(900))
    assert.deepEqual(state.ledger, {
      accountId: 'account-1',
      balance: 250,
      sequence: 1,
      unsettledSpend: 0,
      lots,
      reservations: [],
      entries: [],
    })
    assert.deepEqual(await store.listCreditEntries(newestEntries), entries)
  },
  'a lot without expiry and cap, and every type of lot, comes back': async (store) => {
    await addAccount(store)
    const types = ['subscription', 'purchase', 'promotion', 'adjustment', 'refund'] as const
    const contentOf = (type: (typeof types)[number]) => samples.grant({ type, refundsEntryId: type === 'refund' ? 'spend-1' : null })
    await changeLedger(store, (before) => types.reduce((ledger, type) => grant(ledger, contentOf(type), stampAt()), before))
    const { lots } = (await stateOf(store)).ledger
    assert.deepEqual(
      lots.map(({ type, expiresAt, rolloverCap }) => ({ type, expiresAt, rolloverCap })),
      types.map((type) => ({ type, expiresAt: null, rolloverCap: null })),
    )
  },
  'an entry keeps the fingerprint that is given by its id, and has none otherwise': async (store) => {
    await addAccount(store)
    await store.transaction(async (tx) => {
      const { ledger: before } = await locked(tx)
      const ledger = granted(granted(before, 10, 'first'), 20, 'second')
      const fingerprints = { [present(ledger.entries[1]).id]: 'print' }
      await tx.saveLedger({ before, after: { ledger, fingerprints }, settlesAt: null })
    })
    const fingerprintOf = async (idempotencyKey: string) =>
      (await store.findCreditEntryByKey({ accountId: 'account-1', idempotencyKey }))?.fingerprint
    assert.equal(await fingerprintOf('first'), null)
    assert.equal(await fingerprintOf('second'), 'print')
  },
  'lots come back in burn order, without those that are used up': async (store) => {
    await addAccount(store)
    const grants = [
      samples.grant({ idempotencyKey: 'late', expiresAt: at(900) }),
      samples.grant({ idempotencyKey: 'never' }),
      samples.grant({ idempotencyKey: 'soon', expiresAt: at(800) }),
      samples.grant({ idempotencyKey: 'last', priority: 9, expiresAt: at(700) }),
      samples.grant({ idempotencyKey: 'first', priority: -1 }),
      samples.grant({ idempotencyKey: 'never, but later' }),
      samples.grant({ idempotencyKey: 'late, at the same time', expiresAt: at(900) }),
    ]
    await changeLedger(store, (before) => grants.reduce((ledger, content) => grant(ledger, content, stampAt()), before))
    const lots = (await stateOf(store)).ledger.lots
    assert.deepEqual(lots, [...lots].sort(compareBurnOrder))
    assert.deepEqual(
      lots.map(({ priority, expiresAt }) => [priority, expiresAt]),
      [
        [-1, null],
        [0, at(800)],
        [0, at(900)],
        [0, at(900)],
        [0, null],
        [0, null],
        [9, at(700)],
      ],
    )
    const taken = { type: 'adjustment', idempotencyKey: 'taken', description: 'Taken' } as const
    await changeLedger(store, (before) => takeAway(before, 250, taken, stampAt(9)))
    const left = (await stateOf(store)).ledger.lots
    assert.deepEqual(left, [{ ...lots[2], remaining: 50 }, ...lots.slice(3)])
  },
  'a settlement allots what was spent, ends what has expired and moves the next settlement on': async (store) => {
    await addAccount(store, {
      grants: [samples.grant({ idempotencyKey: 'soon', amount: 30, expiresAt: at(50) }), samples.grant({ amount: 100 })],
      settlesAt: at(50),
    })
    await store.spendCredits(samples.spend({ amount: 20, createdAt: at(49) }))
    await changeLedger(store, (before) => settle(before, null, stampAt(50)).ledger)
    const { ledger, settlesAt, account } = await stateOf(store)
    assert.deepEqual(
      { ...ledger, lots: ledger.lots.map(({ remaining }) => remaining) },
      {
        accountId: 'account-1',
        balance: 100,
        sequence: 4,
        unsettledSpend: 0,
        lots: [100],
        reservations: [],
        entries: [],
      },
    )
    assert.deepEqual({ settlesAt, credits: account.credits }, { settlesAt: null, credits: 100 })
  },
  'a lot that outlives its expiry is saved without it': async (store) => {
    const capped = samples.grant({ type: 'subscription', amount: 30, expiresAt: at(50), rolloverCap: 30 })
    await addAccount(store, { grants: [capped], settlesAt: at(50) })
    const [lot] = (await stateOf(store)).ledger.lots
    await changeLedger(store, (before) => settle(before, null, stampAt(50)).ledger)
    assert.deepEqual((await stateOf(store)).ledger.lots, [{ ...lot, expiresAt: null }])
  },
  'what has not changed is not written': async (store) => {
    await addAccount(store, { grants: [samples.grant({ idempotencyKey: 'a' }), samples.grant({ idempotencyKey: 'b' })] })
    const stored = (await stateOf(store)).ledger
    await store.transaction(async (tx) => {
      const { ledger } = await locked(tx)
      const asRead = { ...ledger, lots: ledger.lots.map((lot) => ({ ...lot, remaining: 1 })) }
      await tx.saveLedger({ before: asRead, after: { ledger: asRead, fingerprints: {} }, settlesAt: null })
    })
    assert.deepEqual((await stateOf(store)).ledger, stored)
  },
  'a second save in one transaction adds what the first did not': async (store) => {
    await addAccount(store)
    await store.transaction(async (tx) => {
      const { ledger: before } = await locked(tx)
      const first = granted(before, 10, 'first')
      await tx.saveLedger({ before, after: { ledger: first, fingerprints: {} }, settlesAt: null })
      const second = granted(first, 20, 'second')
      await tx.saveLedger({ before: first, after: { ledger: second, fingerprints: {} }, settlesAt: at(9) })
    })
    const { ledger, settlesAt } = await stateOf(store)
    assert.deepEqual({ balance: ledger.balance, sequence: ledger.sequence, settlesAt }, { balance: 30, sequence: 2, settlesAt: at(9) })
    assert.deepEqual(
      (await store.listCreditEntries(newestEntries)).map(({ idempotencyKey }) => idempotencyKey),
      ['second', 'first'],
    )
  },
  'the numbers of saved entries and of spends follow each other': async (store) => {
    await addAccount(store, { grants: [samples.grant()] })
    await store.spendCredits(samples.spend({ id: 'spend-1' }))
    await changeLedger(store, (before) => granted(settle(before, null, stampAt(1)).ledger, 50, 'more'))
    await store.spendCredits(samples.spend({ id: 'spend-2' }))
    assert.deepEqual(
      (await store.listCreditEntries(newestEntries)).map(({ sequence, amount, balanceAfter }) => [sequence, amount, balanceAfter]),
      [
        [4, -10, 130],
        [3, 50, 140],
        [2, -10, 90],
        [1, 100, 100],
      ],
    )
  },
  'a key makes one entry in an account, and another one in another account': async (store) => {
    await addAccount(store, { grants: [samples.grant({ idempotencyKey: 'once' })] })
    await addAccount(store, { id: 'account-2', grants: [samples.grant({ idempotencyKey: 'once' })] })
    const before = await stateOf(store)
    await assert.rejects(changeLedger(store, (ledger) => granted(ledger, 5, 'once')))
    assert.deepEqual(await stateOf(store), before)
    assert.equal((await stateOf(store, 'account-2')).account.credits, 100)
  },
  'the largest safe integer is a balance, an amount and what is left': async (store) => {
    await addAccount(store, { grants: [samples.grant({ amount: Number.MAX_SAFE_INTEGER })] })
    const { account, ledger } = await stateOf(store)
    assert.equal(account.credits, Number.MAX_SAFE_INTEGER)
    assert.deepEqual([ledger.balance, ledger.lots[0]?.granted, ledger.lots[0]?.remaining], Array(3).fill(Number.MAX_SAFE_INTEGER))
    const spent = await store.spendCredits(samples.spend({ amount: Number.MAX_SAFE_INTEGER }))
    assert.deepEqual([spent?.entry.amount, spent?.entry.balanceAfter], [-Number.MAX_SAFE_INTEGER, 0])
    assert.equal((await stateOf(store)).ledger.unsettledSpend, Number.MAX_SAFE_INTEGER)
  },
}
