import type { EventRecord } from '../../domain/event.js'
import type { EventOperations, EventTransactionOperations } from '../../ports/store/events.js'
import { compound } from './table.js'
import { type EventStreamRow, everything, type Tables } from './tables.js'
import type { Verbs } from './verbs.js'

type Delivery = Pick<EventOperations, 'claimEvents' | 'renewEventLease' | 'markEventDelivered'>

/** How workers share the outbox. */
export const eventDeliveryVerbs = (tables: Tables): Verbs<Delivery> => ({
  claimEvents({ lease, at, leaseEndsAt, limit }) {
    const [due] = tables.dueStreams.ascending(everything, { after: null, limit: 1 })
    if (due?.dueAt == null || due.dueAt > at) return null
    tables.streams.put({ ...due, lease, dueAt: leaseEndsAt })
    return { accountId: due.accountId, events: tables.pendingEvents.ascending(due.accountId, { after: null, limit }) }
  },
  renewEventLease({ accountId, lease, leaseEndsAt }) {
    const stream = streamUnder(tables, accountId, lease)
    if (stream !== null) tables.streams.put({ ...stream, dueAt: leaseEndsAt })
    return stream !== null
  },
  markEventDelivered({ accountId, sequence, at }) {
    const record = find(tables, accountId, sequence)
    if (record?.status !== 'pending') return false
    tables.events.put({ ...record, status: 'delivered', deliveredAt: at, retryAt: null, attempts: record.attempts + 1 })
    return true
  },
})

/** Changes of the delivery that touch an event and its stream. */
export const eventDeliveryTransactionVerbs = (tables: Tables): Verbs<Omit<EventTransactionOperations, 'addEvents'>> => ({
  saveFailedEvent({ accountId, lease, sequence, error, retryAt }) {
    const stream = streamUnder(tables, accountId, lease)
    if (stream === null) return false
    const record = find(tables, accountId, sequence)
    const status = retryAt === null ? 'dead' : 'pending'
    if (record?.status === 'pending') {
      tables.events.put({ ...record, status, retryAt, lastError: error, attempts: record.attempts + 1 })
    }
    if (retryAt !== null) tables.streams.put({ ...stream, lease: null, dueAt: retryAt })
    return true
  },
  releaseEvents({ accountId, lease, at }) {
    const stream = streamUnder(tables, accountId, lease)
    if (stream === null) return
    const [first] = tables.pendingEvents.ascending(accountId, { after: null, limit: 1 })
    const retryAt = first?.retryAt ?? null
    const dueAt = first === undefined ? null : retryAt !== null && retryAt > at ? retryAt : at
    tables.streams.put({ ...stream, lease: null, dueAt })
  },
  reviveEvent({ accountId, sequence, at }) {
    const record = find(tables, accountId, sequence)
    const stream = tables.streams.find(accountId)
    if (record?.status !== 'dead') return false
    tables.events.put({ ...record, status: 'pending', retryAt: null, attempts: 0 })
    if (stream?.lease === null) tables.streams.put({ ...stream, dueAt: at })
    return true
  },
})

const find = (tables: Tables, accountId: string, sequence: number): EventRecord | null =>
  tables.eventByNumber(compound(accountId, sequence))

function streamUnder(tables: Tables, accountId: string, lease: string): EventStreamRow | null {
  const stream = tables.streams.find(accountId)
  return stream?.lease === lease ? stream : null
}
