import type { AnyTenantryEvent, EventRecord, NewEvent } from '../../../domain/event.js'
import type { NewRow, Row } from '../tables.js'
import { integer, json, moment, nullableMoment } from './values.js'

/** The event that a row holds, with its delivery. */
export function toEventRecord(row: Row<'tenantry_event'>): EventRecord {
  return {
    event: toEvent(row),
    status: row.status,
    attempts: row.attempts,
    lastError: row.last_error,
    retryAt: nullableMoment(row.retry_at),
    deliveredAt: nullableMoment(row.delivered_at),
  }
}

/** The event that a row holds. Its data is of the name's type, because it was written so. */
function toEvent(row: Row<'tenantry_event'>): AnyTenantryEvent {
  return {
    id: row.id,
    accountId: row.account_id,
    sequence: integer(row.sequence),
    name: row.name,
    data: json(row.data),
    createdAt: moment(row.created_at),
  } as AnyTenantryEvent
}

/** The row of an event that nobody has tried to deliver yet. */
export function newEventRow({ id, accountId, name, data, createdAt }: NewEvent, sequence: number): NewRow<'tenantry_event'> {
  return {
    account_id: accountId,
    sequence,
    id,
    name,
    data: JSON.stringify(data),
    status: 'pending',
    attempts: 0,
    last_error: null,
    retry_at: null,
    delivered_at: null,
    created_at: createdAt,
  }
}
