import type { AnyTenantryEvent } from '../../domain/event.js'
import type { EventOperations, EventTransactionOperations } from '../../ports/store/events.js'
import { accountRow } from './accounts.js'
import { eventDeliveryTransactionVerbs, eventDeliveryVerbs } from './event-delivery.js'
import { placeInTime } from './groups.js'
import { type HeldAccounts, mustHold } from './locked-accounts.js'
import { everything, type Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** Questions about the outbox. */
export const eventVerbs = (tables: Tables): Verbs<EventOperations> => ({
  listEvents({ accountId, status, before, limit }) {
    const [events, group] = accountId === null ? [tables.eventsInTime, everything] : [tables.eventsOfAccount, accountId]
    const page = { before: before && placeInTime(before), limit }
    return events.descending(group, page, (record) => status === null || record.status === status)
  },
  findEvent: (eventId) => tables.events.find(eventId),
  removeDeliveredEvents({ before, limit }) {
    const page = { after: null, limit: Number.POSITIVE_INFINITY }
    const delivered = tables.eventsInTime
      .ascending(everything, page)
      .filter(({ event, status }) => status === 'delivered' && event.createdAt < before)
    const oldest = delivered.slice(0, limit)
    for (const { event } of oldest) tables.events.remove(event.id)
    return oldest.length
  },
  ...eventDeliveryVerbs(tables),
})

/** Changes of the outbox within a transaction. */
export const eventTransactionVerbs = (tables: Tables, held: HeldAccounts): Verbs<EventTransactionOperations> => ({
  ...eventDeliveryTransactionVerbs(tables),
  addEvents(events) {
    for (const { accountId, createdAt, ...content } of events) {
      mustHold(held, accountId)
      accountRow(tables, accountId)
      const stream = tables.streams.find(accountId) ?? { accountId, lastSequence: 0, dueAt: null, lease: null }
      const sequence = stream.lastSequence + 1
      const event = { ...content, accountId, createdAt, sequence } as AnyTenantryEvent
      tables.streams.put({ ...stream, lastSequence: sequence, dueAt: stream.dueAt ?? createdAt })
      tables.events.add({ event, status: 'pending', attempts: 0, lastError: null, retryAt: null, deliveredAt: null })
    }
  },
})
