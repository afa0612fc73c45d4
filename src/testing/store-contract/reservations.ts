import assert from 'node:assert/strict'
import type { Reservation } from '../../domain/reservation.js'
import { endReservation, type ReservationEnd, type ReserveRequest, reserve } from '../../domain/reserve.js'
import { settle } from '../../domain/settlement.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, atOnce, awkwardJson, changeLedger, locked, present, type StoreCases, stampAt, stateOf } from './world.js'

const newestEntries = { accountId: 'account-1', beforeSequence: null, limit: 100 }

const work: ReserveRequest = {
  amount: 30,
  idempotencyKey: 'work',
  operation: 'article',
  description: 'Writes an article',
  expiresAt: at(1000),
}

/** Sets credits aside, as a service does. */
export async function setAside(
  store: Store,
  request: Partial<ReserveRequest> = {},
  { accountId = 'account-1' } = {},
): Promise<Reservation> {
  let made: Reservation | undefined
  await changeLedger(
    store,
    (before) => {
      const ledger = reserve(settle(before, null, stampAt(1)).ledger, { ...work, ...request }, stampAt(1))
      made = ledger.reservations.at(-1)
      return ledger
    },
    { accountId },
  )
  return present(made)
}

/** Ends the reservation that was made under a key, as a service does. */
export async function end(store: Store, idempotencyKey: string, how: Pick<ReservationEnd, 'status' | 'actual'>): Promise<void> {
  const recorded = present(await store.findCreditEntryByKey({ accountId: 'account-1', idempotencyKey }))
  await changeLedger(store, (before) => {
    const { ledger } = settle(before, null, stampAt(2))
    const reservation = present(ledger.reservations.find(({ id }) => id === recorded.entry.id))
    return endReservation(ledger, reservation, { ...how, at: at(2) }, stampAt(2))
  })
}

const twoLots = {
  grants: [
    samples.grant({ idempotencyKey: 'first', amount: 20, expiresAt: at(5000) }),
    samples.grant({ idempotencyKey: 'second', amount: 40 }),
  ],
}

/** Promises about credits that are set aside. */
export const reservationCases: StoreCases = {
  'a reservation comes back with all that was said about it, and so does its entry': async (store) => {
    await addAccount(store, twoLots)
    const said = {
      operation: 'écriture',
      description: `Zoë's "draft" \\ 漢字 🦊`,
      userId: 'user-7',
      apiKeyId: 'key-7',
      metadata: awkwardJson,
    }
    const made = await setAside(store, said)
    assert.deepEqual((await stateOf(store)).ledger.reservations, [made])
    assert.deepEqual(await store.findReservation(made.id), made)
    const [entry] = await store.listCreditEntries(newestEntries)
    const { id, type, amount, balanceAfter } = present(entry)
    assert.deepEqual({ id, type, amount, balanceAfter }, { id: made.id, type: 'reservation', amount: -30, balanceAfter: 30 })
    assert.deepEqual({ ...entry, ...said }, entry)
  },
  'a reservation takes from several lots, and their order comes back': async (store) => {
    await addAccount(store, twoLots)
    const { lots } = (await stateOf(store)).ledger
    const { parts } = await setAside(store)
    assert.deepEqual(
      parts,
      lots.map(({ id }, index) => ({ lotId: id, amount: index === 0 ? 20 : 10 })),
    )
    assert.deepEqual(present((await stateOf(store)).ledger.reservations[0]).parts, parts)
  },
  'a lot that holds nothing but what is set aside is among the lots, one that is used up is not': async (store) => {
    await addAccount(store, twoLots)
    await setAside(store, { idempotencyKey: 'all of the first', amount: 20 })
    const [first, second] = (await stateOf(store)).ledger.lots
    assert.deepEqual([first?.remaining, first?.reserved, second?.remaining, second?.reserved], [0, 20, 40, 0])
    await end(store, 'all of the first', { status: 'settled', actual: 20 })
    assert.deepEqual((await stateOf(store)).ledger.lots, [second])
  },
  'open reservations come back by id, those of the account only, with every open lot once': async (store) => {
    await addAccount(store, twoLots)
    await addAccount(store, { id: 'account-2', grants: [samples.grant()] })
    const made = [
      await setAside(store, { idempotencyKey: 'a', amount: 5 }),
      await setAside(store, { idempotencyKey: 'b', amount: 25 }),
      await setAside(store, { idempotencyKey: 'c', amount: 1 }),
    ]
    await setAside(store, { idempotencyKey: 'foreign' }, { accountId: 'account-2' })
    const { ledger } = await stateOf(store)
    assert.deepEqual(
      ledger.reservations,
      made.sort((a, b) => (a.id < b.id ? -1 : 1)),
    )
    assert.deepEqual(
      ledger.lots.map(({ remaining, reserved }) => [remaining, reserved]),
      [
        [0, 20],
        [29, 11],
      ],
    )
    assert.deepEqual(await store.transaction((tx) => tx.lockAccount('account-1')), await store.findAccountState('account-1'))
  },
  'a reservation that has ended is found, and no longer among those of its account': async (store) => {
    await addAccount(store, twoLots)
    const ends = { settled: 4, 'settled at nothing': 0, released: null } as const
    for (const [key, actual] of Object.entries(ends)) {
      const made = await setAside(store, { idempotencyKey: key, amount: 10 })
      const { balance } = (await stateOf(store)).ledger
      await end(store, key, { status: actual === null ? 'released' : 'settled', actual: actual ?? 0 })
      const status = actual === null ? 'released' : 'settled'
      const closed = { ...made, status, actual, closedAt: at(2), balanceAtClose: balance + 10 - (actual ?? 0) }
      assert.deepEqual(await store.findReservation(made.id), closed)
      assert.deepEqual((await stateOf(store)).ledger.reservations, [])
    }
    assert.equal((await stateOf(store)).ledger.balance, 56)
  },
  'a reservation that expires is written as ended when it expired': async (store) => {
    await addAccount(store, twoLots)
    const made = await setAside(store)
    await changeLedger(store, (before) => settle(before, null, stampAt(3000)).ledger)
    assert.deepEqual(await store.findReservation(made.id), { ...made, status: 'expired', closedAt: at(1000), balanceAtClose: 60 })
    const [release] = await store.listCreditEntries(newestEntries)
    assert.deepEqual([release?.type, release?.amount, release?.createdAt], ['release', 30, at(3000)])
  },
  'a reservation that is made and ended between two savings is written once, as it ended': async (store) => {
    await addAccount(store, twoLots)
    await changeLedger(store, (before) => {
      const ledger = reserve(before, work, stampAt(1))
      return endReservation(ledger, present(ledger.reservations[0]), { status: 'settled', actual: 30, at: at(1) }, stampAt(1))
    })
    const [spent] = await store.listCreditEntries(newestEntries)
    const id = present(spent).metadata['reservationId']
    const found = present(await store.findReservation(String(id)))
    assert.deepEqual([found.status, found.actual, found.balanceAtClose], ['settled', 30, 30])
  },
  'a reservation is made and ended by two savings of one transaction': async (store) => {
    await addAccount(store, twoLots)
    await store.transaction(async (tx) => {
      const { ledger: before } = await locked(tx)
      const made = reserve(before, work, stampAt(1))
      await tx.saveLedger({ before, after: { ledger: made, fingerprints: {} }, settlesAt: at(1000) })
      assert.deepEqual((await locked(tx)).ledger.reservations, made.reservations)
      const ended = endReservation(made, present(made.reservations[0]), { status: 'released', actual: 0, at: at(1) }, stampAt(1))
      await tx.saveLedger({ before: made, after: { ledger: ended, fingerprints: {} }, settlesAt: null })
      assert.deepEqual((await locked(tx)).ledger.reservations, [])
    })
    assert.equal((await stateOf(store)).account.credits, 60)
  },
  'a reservation is found in any account, and is null where there is none': async (store) => {
    await addAccount(store, twoLots)
    await addAccount(store, { id: 'account-2', grants: [samples.grant()] })
    const made = await setAside(store, {}, { accountId: 'account-2' })
    assert.deepEqual(await store.findReservation(made.id), made)
    assert.equal(await store.findReservation('nowhere'), null)
    const [grant] = await store.listCreditEntries(newestEntries)
    assert.equal(await store.findReservation(present(grant).id), null)
  },
  'a reservation of a transaction that is rolled back has never been, and one that it ended is open': async (store) => {
    await addAccount(store, twoLots)
    const made = await setAside(store)
    const before = await stateOf(store)
    const rolledBack = store.transaction(async (tx) => {
      const { ledger } = await locked(tx)
      const ended = endReservation(ledger, present(ledger.reservations[0]), { status: 'released', actual: 0, at: at(2) }, stampAt(2))
      const after = reserve(ended, { ...work, idempotencyKey: 'more' }, stampAt(2))
      await tx.saveLedger({ before: ledger, after: { ledger: after, fingerprints: {} }, settlesAt: null })
      throw new Error('rolled back')
    })
    await assert.rejects(rolledBack, /rolled back/)
    assert.deepEqual(await stateOf(store), before)
    assert.deepEqual(await store.findReservation(made.id), made)
  },
  'the largest safe integer is set aside, used and given back': async (store) => {
    const largest = Number.MAX_SAFE_INTEGER
    await addAccount(store, { grants: [samples.grant({ amount: largest })] })
    const made = await setAside(store, { amount: largest })
    const { balance, lots, reservations } = (await stateOf(store)).ledger
    assert.deepEqual([balance, lots[0]?.reserved, reservations[0]?.amount, made.parts[0]?.amount], [0, largest, largest, largest])
    await end(store, 'work', { status: 'settled', actual: largest - 1 })
    const closed = present(await store.findReservation(made.id))
    assert.deepEqual([closed.actual, closed.balanceAtClose, (await stateOf(store)).ledger.lots[0]?.remaining], [largest - 1, 1, 1])
  },
  'transactions that set credits aside at once do so one after the other': async (store) => {
    await addAccount(store, { grants: [samples.grant()] })
    await atOnce(6, (index) =>
      store.transaction(async (tx) => {
        const { ledger: before } = await locked(tx)
        const ledger = reserve(before, { ...work, amount: 10, idempotencyKey: `work-${index}` }, stampAt(index))
        await tx.saveLedger({ before, after: { ledger, fingerprints: {} }, settlesAt: null })
      }),
    )
    const { ledger } = await stateOf(store)
    assert.deepEqual([ledger.balance, ledger.lots[0]?.reserved, ledger.reservations.length], [40, 60, 6])
  },
}
