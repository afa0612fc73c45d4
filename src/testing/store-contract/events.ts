import assert from 'node:assert/strict'
import type { EventRecord, NewEvent } from '../../domain/event.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, awkwardJson, readPages, type StoreCases } from './world.js'

/** Adds events to accounts that are there. */
export async function addEvents(store: Store, ...events: readonly NewEvent[]): Promise<void> {
  const accountIds = [...new Set(events.map(({ accountId }) => accountId))].sort()
  await store.transaction(async (tx) => {
    for (const accountId of accountIds) await tx.lockAccount(accountId)
    await tx.addEvents(events)
  })
}

const named = (id: string, overrides: Parameters<typeof samples.newEvent>[0] = {}): NewEvent => samples.newEvent({ id, ...overrides })

async function listed(store: Store, accountId: string | null): Promise<string[][]> {
  const pages = await readPages(
    2,
    (page) => store.listEvents({ accountId, status: null, ...page }),
    ({ event }) => event,
  )
  return pages.map((page) => page.map(({ event }) => event.id))
}

const allOf = (store: Store, accountId: string | null = null): Promise<readonly EventRecord[]> =>
  store.listEvents({ accountId, status: null, before: null, limit: 100 })

async function numbersOf(store: Store, accountId: string): Promise<Record<string, number>> {
  const records = await allOf(store, accountId)
  return Object.fromEntries(records.map(({ event }) => [event.id, event.sequence]))
}

/** Promises about what is written into the outbox. */
export const eventCases: StoreCases = {
  'an event comes back with all that it is, pending': async (store) => {
    await addAccount(store)
    const event = { ...named('e1', { createdAt: at(7) }), data: awkwardJson } as unknown as NewEvent
    await addEvents(store, event)
    assert.deepEqual(await allOf(store), [
      {
        event: { ...event, sequence: 1 },
        status: 'pending',
        attempts: 0,
        lastError: null,
        retryAt: null,
        deliveredAt: null,
      },
    ])
  },
  'events are numbered within their account, in the order in which they are added': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    await addEvents(store, named('z'), named('y', { accountId: 'account-2' }), named('a'))
    await addEvents(store, named('m'), named('b', { accountId: 'account-2' }))
    assert.deepEqual(await numbersOf(store, 'account-1'), { z: 1, a: 2, m: 3 })
    assert.deepEqual(await numbersOf(store, 'account-2'), { y: 1, b: 2 })
  },
  'no events are none': async (store) => {
    await addEvents(store)
    assert.deepEqual(await allOf(store), [])
  },
  'an account that was just added has events': async (store) => {
    await addAccount(store)
    await store.transaction(async (tx) => {
      await tx.addAccount(samples.newAccount({ id: 'account-2', ownerId: 'account-1:owner' }))
      await tx.addEvents([named('e1', { accountId: 'account-2' })])
    })
    assert.deepEqual(await numbersOf(store, 'account-2'), { e1: 1 })
  },
  'the numbers of a transaction that is undone are given again': async (store) => {
    await addAccount(store)
    await addEvents(store, named('e1'))
    const undone = store.transaction(async (tx) => {
      await tx.lockAccount('account-1')
      await tx.addEvents([named('e2'), named('e3')])
      throw new Error('changed my mind')
    })
    await assert.rejects(undone, /changed my mind/)
    await addEvents(store, named('e4'))
    assert.deepEqual(await numbersOf(store, 'account-1'), { e1: 1, e4: 2 })
  },
  'events are listed newest first, of all accounts or of one, without a gap or a repeat': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    await addEvents(
      store,
      named('e4', { createdAt: at(0) }),
      named('e3', { createdAt: at(1) }),
      named('e2', { createdAt: at(1), accountId: 'account-2' }),
      named('e1', { createdAt: at(1) }),
      named('e5', { createdAt: at(2) }),
    )
    assert.deepEqual(await listed(store, null), [['e5', 'e3'], ['e2', 'e1'], ['e4']])
    assert.deepEqual(await listed(store, 'account-1'), [
      ['e5', 'e3'],
      ['e1', 'e4'],
    ])
    assert.deepEqual(await listed(store, 'nowhere'), [])
  },
  'events are listed by status': async (store) => {
    await addAccount(store)
    await addEvents(store, named('e1'))
    const counts = await Promise.all(
      (['pending', 'delivered', 'dead'] as const).map(
        async (status) => (await store.listEvents({ accountId: null, status, before: null, limit: 5 })).length,
      ),
    )
    assert.deepEqual(counts, [1, 0, 0])
  },
}
