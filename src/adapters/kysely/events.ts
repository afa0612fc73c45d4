import { sql } from 'kysely'
import type { NewEvent } from '../../domain/event.js'
import { compareText } from '../../domain/ledger.js'
import type { EventOperations, EventTransactionOperations } from '../../ports/store/events.js'
import type { Connection } from './connection.js'
import { eventDeliveryTransactionVerbs, eventDeliveryVerbs } from './event-delivery.js'
import { chunks } from './locked-accounts.js'
import { isAfter } from './pages.js'
import { newEventRow, toEventRecord } from './rows/event.js'
import { integer } from './rows/values.js'
import type { Verbs } from './verbs.js'

/** Questions about the outbox. */
export const eventVerbs: Verbs<EventOperations> = {
  async listEvents({ build, execute }, { accountId, status, before, limit }) {
    let events = build.selectFrom('tenantry_event').selectAll()
    if (accountId !== null) events = events.where('account_id', '=', accountId)
    if (status !== null) events = events.where('status', '=', status)
    if (before !== null) events = events.where(isAfter(before))
    const rows = await execute(events.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit))
    return rows.map(toEventRecord)
  },
  async findEvent({ build, execute }, eventId) {
    const [row] = await execute(build.selectFrom('tenantry_event').selectAll().where('id', '=', eventId))
    return row === undefined ? null : toEventRecord(row)
  },
  async removeDeliveredEvents({ build, execute }, { before, limit }) {
    const delivered = build.selectFrom('tenantry_event').select('id').where('status', '=', 'delivered').where('created_at', '<', before)
    const oldest = delivered.orderBy('created_at').orderBy('id').limit(limit)
    return (await execute(build.deleteFrom('tenantry_event').where('id', 'in', oldest).returning('id'))).length
  },
  ...eventDeliveryVerbs,
}

/** Changes of the outbox within a transaction. */
export const eventTransactionVerbs: Verbs<EventTransactionOperations> = {
  ...eventDeliveryTransactionVerbs,
  async addEvents(connection, events) {
    if (events.length === 0) return
    const next = await numbersAfter(connection, events)
    const rows = events.map((event) => newEventRow(event, next(event.accountId)))
    for (const some of chunks(rows)) await connection.execute(connection.build.insertInto('tenantry_event').values(some))
  },
}

/** Moves the streams of the accounts on, in the order of their ids, and gives the numbers that are the events' now. */
async function numbersAfter({ build, execute }: Connection, events: readonly NewEvent[]): Promise<(accountId: string) => number> {
  const ids = [...new Set(events.map(({ accountId }) => accountId))].sort(compareText)
  const streams = ids.map((accountId) => {
    const own = events.filter((event) => event.accountId === accountId)
    return { account_id: accountId, last_sequence: own.length, due_at: own[0]?.createdAt ?? null, lease: null }
  })
  const insert = build.insertInto('tenantry_event_stream').values(streams)
  const moved = insert.onConflict((conflict) =>
    conflict.column('account_id').doUpdateSet({
      last_sequence: sql`tenantry_event_stream.last_sequence + excluded.last_sequence`,
      due_at: sql`coalesce(tenantry_event_stream.due_at, excluded.due_at)`,
    }),
  )
  const rows = await execute(moved.returning(['account_id', 'last_sequence']))
  const last = new Map(rows.map((row) => [row.account_id, integer(row.last_sequence)]))
  const numbers = new Map(streams.map((stream) => [stream.account_id, (last.get(stream.account_id) ?? 0) - stream.last_sequence]))
  return (accountId) => {
    const number = (numbers.get(accountId) ?? 0) + 1
    numbers.set(accountId, number)
    return number
  }
}
