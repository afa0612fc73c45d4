import { sql } from 'kysely'
import type { EventStatus } from '../../domain/event.js'
import type { EventOperations, EventTransactionOperations } from '../../ports/store/events.js'
import type { Connection } from './connection.js'
import { toEventRecord } from './rows/event.js'
import { nullableMoment } from './rows/values.js'
import type { Verbs } from './verbs.js'

type Delivery = Pick<EventOperations, 'claimEvents' | 'renewEventLease' | 'markEventDelivered'>

/** How workers share the outbox. */
export const eventDeliveryVerbs: Verbs<Delivery> = {
  async claimEvents(connection, { limit, ...claim }) {
    const accountId = await takeStream(connection, claim)
    if (accountId === null) return null
    const pending = pendingEvents(connection, accountId).selectAll()
    const rows = await connection.execute(pending.orderBy('sequence').limit(limit))
    return { accountId, events: rows.map(toEventRecord) }
  },
  async renewEventLease({ build, execute }, { accountId, lease, leaseEndsAt }) {
    const renew = build.updateTable('tenantry_event_stream').set({ due_at: leaseEndsAt }).where('account_id', '=', accountId)
    return (await execute(renew.where('lease', '=', lease).returning('account_id'))).length > 0
  },
  async markEventDelivered({ build, execute }, { accountId, sequence, at }) {
    const delivered = { status: 'delivered', delivered_at: at, retry_at: null, attempts: sql<number>`attempts + 1` } as const
    const event = build.updateTable('tenantry_event').set(delivered).where('account_id', '=', accountId).where('sequence', '=', sequence)
    return (await execute(event.where('status', '=', 'pending').returning('id'))).length > 0
  },
}

interface Claim {
  readonly lease: string
  readonly at: Date
  readonly leaseEndsAt: Date
}

/** Takes the stream that has been due for longest and that nobody holds at this moment. */
async function takeStream(connection: Connection, claim: Claim): Promise<string | null> {
  const { build, execute, isFullPostgres } = connection
  const due = build.selectFrom('tenantry_event_stream').select('account_id').where('due_at', '<=', claim.at)
  const first = due.orderBy('due_at').orderBy('account_id').limit(1)
  const take = build.updateTable('tenantry_event_stream').set({ lease: claim.lease, due_at: claim.leaseEndsAt }).returning('account_id')
  if (isFullPostgres) return (await execute(take.where('account_id', '=', first.forUpdate().skipLocked())))[0]?.account_id ?? null
  // pg-mem asks the inner question anew for every row.
  const [found] = await execute(first)
  if (found === undefined) return null
  const taken = await execute(take.where('account_id', '=', found.account_id).where('due_at', '<=', claim.at))
  return taken[0]?.account_id ?? takeStream(connection, claim)
}

type DeliveryChange = Omit<EventTransactionOperations, 'addEvents'>

/** Changes of the delivery that touch an event and its stream. The stream is held first, always. */
export const eventDeliveryTransactionVerbs: Verbs<DeliveryChange> = {
  async saveFailedEvent(connection, { accountId, lease, sequence, error, retryAt }) {
    const { build, execute } = connection
    if (!(await holdStream(connection, accountId, lease))) return false
    const status: EventStatus = retryAt === null ? 'dead' : 'pending'
    const failed = { status, retry_at: retryAt, last_error: error, attempts: sql<number>`attempts + 1` }
    const event = build.updateTable('tenantry_event').set(failed).where('account_id', '=', accountId).where('sequence', '=', sequence)
    await execute(event.where('status', '=', 'pending'))
    if (retryAt !== null) await giveBack(connection, accountId, retryAt)
    return true
  },
  async releaseEvents(connection, { accountId, lease, at }) {
    if (!(await holdStream(connection, accountId, lease))) return
    // Whoever adds an event holds the stream until it can be seen, so that none is missed here.
    const first = pendingEvents(connection, accountId).select('retry_at').orderBy('sequence').limit(1)
    const [pending] = await connection.execute(first)
    const retryAt = nullableMoment(pending?.retry_at ?? null)
    await giveBack(connection, accountId, pending === undefined ? null : retryAt !== null && retryAt > at ? retryAt : at)
  },
  async reviveEvent(connection, { accountId, sequence, at }) {
    const { build, execute } = connection
    const stream = build.selectFrom('tenantry_event_stream').select(['due_at', 'lease']).where('account_id', '=', accountId)
    const [held] = await execute(stream.forUpdate())
    const pending = { status: 'pending', retry_at: null, attempts: 0 } as const
    const event = build.updateTable('tenantry_event').set(pending).where('account_id', '=', accountId).where('sequence', '=', sequence)
    const revived = await execute(event.where('status', '=', 'dead').returning('id'))
    if (revived.length === 0) return false
    // A worker that has the stream now looks again when it gives it back.
    if (held?.lease === null) await giveBack(connection, accountId, at)
    return true
  },
}

const pendingEvents = ({ build }: Connection, accountId: string) =>
  build.selectFrom('tenantry_event').where('account_id', '=', accountId).where('status', '=', 'pending')

/** Holds the stream until the transaction ends, if it is still under this lease. */
async function holdStream({ build, execute }: Connection, accountId: string, lease: string): Promise<boolean> {
  const stream = build.selectFrom('tenantry_event_stream').select('account_id').where('account_id', '=', accountId)
  return (await execute(stream.where('lease', '=', lease).forUpdate())).length > 0
}

async function giveBack({ build, execute }: Connection, accountId: string, dueAt: Date | null): Promise<void> {
  await execute(build.updateTable('tenantry_event_stream').set({ lease: null, due_at: dueAt }).where('account_id', '=', accountId))
}
