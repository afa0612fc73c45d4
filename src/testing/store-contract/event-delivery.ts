import assert from 'node:assert/strict'
import type { EventRecord } from '../../domain/event.js'
import type { ClaimedEvents } from '../../ports/store/events.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addEvents } from './events.js'
import { addAccount, at, atOnce, present, type StoreCases } from './world.js'

/** An account with the events `<account>:1`, `<account>:2` …, written at the moments given. */
async function addStream(store: Store, accountId: string, ...moments: readonly number[]): Promise<void> {
  await addAccount(store, { id: accountId })
  await addEvents(
    store,
    ...moments.map((moment, index) => samples.newEvent({ id: `${accountId}:${index + 1}`, accountId, createdAt: at(moment) })),
  )
}

const claim = (store: Store, lease: string, moment: number, { lasts = 100, limit = 10 } = {}): Promise<ClaimedEvents | null> =>
  store.claimEvents({ lease, at: at(moment), leaseEndsAt: at(moment + lasts), limit })

const idsOf = (claimed: ClaimedEvents | null): string[] | undefined => claimed?.events.map(({ event }) => event.id)

const release = (store: Store, accountId: string, lease: string, moment: number): Promise<void> =>
  store.transaction((tx) => tx.releaseEvents({ accountId, lease, at: at(moment) }))

const fail = (store: Store, accountId: string, sequence: number, lease: string, retryAt: number | null): Promise<boolean> =>
  store.transaction((tx) =>
    tx.saveFailedEvent({ accountId, lease, sequence, error: `no ${sequence}`, retryAt: retryAt === null ? null : at(retryAt) }),
  )

const revive = (store: Store, accountId: string, sequence: number, moment: number): Promise<boolean> =>
  store.transaction((tx) => tx.reviveEvent({ accountId, sequence, at: at(moment) }))

const deliver = (store: Store, accountId: string, sequence: number, moment = 0): Promise<boolean> =>
  store.markEventDelivered({ accountId, sequence, at: at(moment) })

async function stateOf(store: Store, eventId: string): Promise<Omit<EventRecord, 'event'>> {
  const { event, ...state } = present(await store.findEvent(eventId))
  assert.equal(event.id, eventId)
  return state
}

/** Promises about how workers share the outbox. */
export const eventDeliveryCases: StoreCases = {
  'an event is found by its id': async (store) => {
    await addStream(store, 'account-1', 0)
    const [record] = await store.listEvents({ accountId: null, status: null, before: null, limit: 1 })
    assert.deepEqual(await store.findEvent('account-1:1'), record)
    assert.equal(await store.findEvent('nobody:1'), null)
  },
  'nothing is due where nothing was written, or not yet': async (store) => {
    assert.equal(await claim(store, 'a', 0), null)
    await addStream(store, 'account-1', 5)
    assert.equal(await claim(store, 'a', 4), null)
    assert.deepEqual(idsOf(await claim(store, 'a', 5)), ['account-1:1'])
  },
  'a claim answers the first pending events of one account in their order': async (store) => {
    await addStream(store, 'account-1', 3, 2, 1)
    assert.deepEqual(idsOf(await claim(store, 'a', 10, { limit: 2 })), ['account-1:1', 'account-1:2'])
  },
  'the account that has been due for longest comes first': async (store) => {
    await addStream(store, 'account-1', 3)
    await addStream(store, 'account-2', 1)
    await addStream(store, 'account-3', 2)
    const order = [await claim(store, 'a', 10), await claim(store, 'b', 10), await claim(store, 'c', 10), await claim(store, 'd', 10)]
    assert.deepEqual(
      order.map((claimed) => claimed?.accountId),
      ['account-2', 'account-3', 'account-1', undefined],
    )
  },
  'claims at once get an account each': async (store) => {
    for (const accountId of ['account-1', 'account-2', 'account-3']) await addStream(store, accountId, 0)
    const claims = await atOnce(6, (index) => claim(store, `worker-${index}`, 1))
    const accounts = claims.flatMap((claimed) => claimed?.accountId ?? [])
    assert.deepEqual(accounts.sort(), ['account-1', 'account-2', 'account-3'])
  },
  'a lease keeps others away until it ends, also from events that come meanwhile': async (store) => {
    await addStream(store, 'account-1', 0)
    await claim(store, 'a', 1, { lasts: 10 })
    await addEvents(store, samples.newEvent({ id: 'late', createdAt: at(5) }))
    assert.equal(await claim(store, 'b', 10), null)
    assert.deepEqual(idsOf(await claim(store, 'b', 11)), ['account-1:1', 'late'])
  },
  'a lease that is renewed ends later, unless another has begun': async (store) => {
    await addStream(store, 'account-1', 0)
    await claim(store, 'a', 1, { lasts: 10 })
    assert.equal(await store.renewEventLease({ accountId: 'account-1', lease: 'a', leaseEndsAt: at(50) }), true)
    assert.equal(await claim(store, 'b', 49), null)
    assert.deepEqual(idsOf(await claim(store, 'b', 50)), ['account-1:1'])
    assert.equal(await store.renewEventLease({ accountId: 'account-1', lease: 'a', leaseEndsAt: at(99) }), false)
    assert.equal(await store.renewEventLease({ accountId: 'nobody', lease: 'a', leaseEndsAt: at(99) }), false)
  },
  'a delivered event is marked once and not claimed again': async (store) => {
    await addStream(store, 'account-1', 0, 0)
    await claim(store, 'a', 1)
    assert.equal(await deliver(store, 'account-1', 1, 2), true)
    assert.equal(await deliver(store, 'account-1', 1, 3), false)
    assert.equal(await deliver(store, 'account-1', 9, 3), false)
    assert.deepEqual(await stateOf(store, 'account-1:1'), {
      status: 'delivered',
      attempts: 1,
      lastError: null,
      retryAt: null,
      deliveredAt: at(2),
    })
    await release(store, 'account-1', 'a', 4)
    assert.deepEqual(idsOf(await claim(store, 'b', 4)), ['account-1:2'])
  },
  'a stream that is given back is due while it has pending events, and again when one comes': async (store) => {
    await addStream(store, 'account-1', 0)
    await claim(store, 'a', 1)
    await release(store, 'account-1', 'a', 5)
    assert.equal(await claim(store, 'b', 4), null)
    await claim(store, 'b', 5)
    await deliver(store, 'account-1', 1)
    await release(store, 'account-1', 'b', 6)
    assert.equal(await claim(store, 'c', 1000), null)
    await addEvents(store, samples.newEvent({ id: 'late', createdAt: at(7) }))
    assert.deepEqual(idsOf(await claim(store, 'c', 7)), ['late'])
  },
  'a stream that another has taken is not given back': async (store) => {
    await addStream(store, 'account-1', 0)
    await claim(store, 'a', 1, { lasts: 1 })
    await claim(store, 'b', 2, { lasts: 100 })
    await release(store, 'account-1', 'a', 3)
    assert.equal(await claim(store, 'c', 50), null)
  },
  'a failed event waits for its next attempt, and all that follow wait behind it': async (store) => {
    await addStream(store, 'account-1', 0, 0)
    await claim(store, 'a', 1)
    assert.equal(await fail(store, 'account-1', 1, 'a', 20), true)
    assert.deepEqual(await stateOf(store, 'account-1:1'), {
      status: 'pending',
      attempts: 1,
      lastError: 'no 1',
      retryAt: at(20),
      deliveredAt: null,
    })
    assert.equal(await claim(store, 'b', 19), null)
    assert.deepEqual(idsOf(await claim(store, 'b', 20)), ['account-1:1', 'account-1:2'])
    await deliver(store, 'account-1', 1, 21)
    const delivered = await stateOf(store, 'account-1:1')
    assert.deepEqual([delivered.attempts, delivered.lastError, delivered.retryAt], [2, 'no 1', null])
  },
  'a stream given back before its failed event may be tried again is due only then': async (store) => {
    await addStream(store, 'account-1', 0)
    await claim(store, 'a', 1)
    await fail(store, 'account-1', 1, 'a', 20)
    await addStream(store, 'account-2', 0)
    await claim(store, 'b', 20, { lasts: 5 })
    await claim(store, 'c', 20, { lasts: 5 })
    await release(store, 'account-1', 'c', 2)
    await release(store, 'account-1', 'b', 2)
    await release(store, 'account-2', 'b', 30)
    await release(store, 'account-2', 'c', 30)
    assert.equal(await claim(store, 'd', 19), null)
    assert.equal((await claim(store, 'd', 20))?.accountId, 'account-1')
  },
  'a dead event lets the next one follow, under the same lease': async (store) => {
    await addStream(store, 'account-1', 0, 0)
    await claim(store, 'a', 1, { lasts: 10 })
    assert.equal(await fail(store, 'account-1', 1, 'a', null), true)
    const { status, attempts, lastError } = await stateOf(store, 'account-1:1')
    assert.deepEqual({ status, attempts, lastError }, { status: 'dead', attempts: 1, lastError: 'no 1' })
    assert.equal(await claim(store, 'b', 10), null)
    await release(store, 'account-1', 'a', 5)
    assert.deepEqual(idsOf(await claim(store, 'b', 5)), ['account-1:2'])
  },
  'a failure under a lease that another has taken changes nothing': async (store) => {
    await addStream(store, 'account-1', 0)
    await claim(store, 'a', 1, { lasts: 1 })
    await claim(store, 'b', 2, { lasts: 100 })
    assert.equal(await fail(store, 'account-1', 1, 'a', null), false)
    assert.equal((await stateOf(store, 'account-1:1')).status, 'pending')
    assert.equal((await stateOf(store, 'account-1:1')).attempts, 0)
    assert.equal(await claim(store, 'c', 50), null)
  },
  'a dead event is revived, once, and its stream is due': async (store) => {
    await addStream(store, 'account-1', 0, 0)
    await claim(store, 'a', 1)
    await fail(store, 'account-1', 1, 'a', null)
    await deliver(store, 'account-1', 2)
    await release(store, 'account-1', 'a', 2)
    assert.equal(await revive(store, 'account-1', 1, 7), true)
    assert.equal(await revive(store, 'account-1', 1, 7), false)
    assert.equal(await revive(store, 'account-1', 2, 7), false)
    assert.equal(await revive(store, 'account-1', 9, 7), false)
    const { status, attempts, retryAt } = await stateOf(store, 'account-1:1')
    assert.deepEqual({ status, attempts, retryAt }, { status: 'pending', attempts: 0, retryAt: null })
    assert.equal(await claim(store, 'b', 6), null)
    assert.deepEqual(idsOf(await claim(store, 'b', 7)), ['account-1:1'])
  },
  'an event that is revived while a worker has its stream is due when that gives it back': async (store) => {
    await addStream(store, 'account-1', 0, 0)
    await claim(store, 'a', 1, { lasts: 100 })
    await fail(store, 'account-1', 1, 'a', null)
    assert.equal(await revive(store, 'account-1', 1, 2), true)
    assert.equal(await claim(store, 'b', 50), null)
    await deliver(store, 'account-1', 2)
    await release(store, 'account-1', 'a', 60)
    assert.deepEqual(idsOf(await claim(store, 'b', 60)), ['account-1:1'])
  },
  'events are listed by what became of them': async (store) => {
    await addStream(store, 'account-1', 0, 1, 2, 3)
    await claim(store, 'a', 4)
    await deliver(store, 'account-1', 1)
    await fail(store, 'account-1', 2, 'a', null)
    const statuses = ['pending', 'delivered', 'dead'] as const
    const lists = statuses.map((status) => store.listEvents({ accountId: 'account-1', status, before: null, limit: 9 }))
    assert.deepEqual(
      (await Promise.all(lists)).map((records) => records.map(({ event }) => event.sequence)),
      [[4, 3], [1], [2]],
    )
  },
  'old delivered events are removed, the oldest first, and no others; numbers go on': async (store) => {
    await addStream(store, 'account-1', 0, 1, 2, 3, 4)
    await claim(store, 'a', 5)
    for (const sequence of [1, 3, 4, 5]) await deliver(store, 'account-1', sequence)
    await fail(store, 'account-1', 2, 'a', null)
    assert.equal(await store.removeDeliveredEvents({ before: at(4), limit: 2 }), 2)
    assert.equal(await store.findEvent('account-1:1'), null)
    assert.notEqual(await store.findEvent('account-1:4'), null)
    assert.equal(await store.removeDeliveredEvents({ before: at(4), limit: 2 }), 1)
    assert.equal(await store.removeDeliveredEvents({ before: at(4), limit: 2 }), 0)
    await addEvents(store, samples.newEvent({ id: 'new', createdAt: at(9) }))
    const left = await store.listEvents({ accountId: null, status: null, before: null, limit: 9 })
    assert.deepEqual(
      left.map(({ event }) => event.sequence),
      [6, 5, 2],
    )
  },
}
