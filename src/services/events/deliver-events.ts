import { z } from 'zod'
import { addSeconds } from '../../domain/calendar.js'
import { retryAt } from '../../domain/delivery.js'
import type { EventRecord } from '../../domain/event.js'
import type { EventHandler } from '../../ports/event-handler.js'
import type { Context } from '../context.js'
import { invalidInput, parseInput } from '../parse-input.js'
import { integer } from '../schemas.js'
import { attempt } from './attempt.js'

const Input = z.strictObject({
  /** How many attempts are made at most, 1 to 10,000. */
  limit: integer(1, 10_000).default(100),
  /** How many accounts are served at once, 1 to 100. */
  concurrency: integer(1, 100).default(10),
})

/** What `deliverEvents` takes beside the handler. */
export type DeliverEventsInput = z.input<typeof Input>
/** What `deliverEvents` answers: what came of the attempts that were made. */
export interface DeliverEventsResult {
  readonly delivered: number
  /** Attempts that failed and will be repeated. */
  readonly failed: number
  /** Events that were given up. */
  readonly dead: number
}

type Tally = { -readonly [Outcome in keyof DeliverEventsResult]: number }

/** One call of `deliverEvents`. */
interface Round {
  readonly handler: EventHandler
  readonly tally: Tally
  /** How many attempts a stream gets in a row: no worker keeps an account for long while others wait. */
  readonly share: number
  /** How many attempts may still be promised to a stream. */
  left: number
}

const maxShare = 50

/** See {@link Tenantry.deliverEvents}. */
export async function deliverEvents(context: Context, handler: EventHandler, input: DeliverEventsInput = {}): Promise<DeliverEventsResult> {
  const { limit, concurrency } = parseInput(Input, input)
  if (typeof handler !== 'function') throw invalidInput([{ path: 'handler', message: 'must be a function' }])
  const share = Math.min(maxShare, Math.ceil(limit / concurrency))
  const round: Round = { handler, share, left: limit, tally: { delivered: 0, failed: 0, dead: 0 } }
  const lanes = Array.from({ length: Math.min(concurrency, limit) }, () => serveStreams(context, round))
  const ended = await Promise.allSettled(lanes)
  // Only when all have stopped: what is thrown must not leave a handler running behind it.
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason
  return round.tally
}

/** Takes streams one after the other until none is due, or all attempts are used up. */
async function serveStreams(context: Context, round: Round): Promise<void> {
  while (round.left > 0) {
    const promised = Math.min(round.share, round.left)
    round.left -= promised
    const made = await serveStream(context, round, promised)
    round.left += promised - (made ?? 0)
    if (made === null) return
  }
}

/** A stream that this worker has taken. */
interface Lease {
  readonly accountId: string
  readonly lease: string
  endsAt: Date
}

/** Takes the next stream that is due and delivers from it. Answers how many attempts it made; `null` when no stream is due. */
async function serveStream(context: Context, round: Round, limit: number): Promise<number | null> {
  const { store, clock, newId, settings } = context
  const at = clock()
  const lease = newId()
  const endsAt = addSeconds(at, settings.events.leaseSeconds)
  const claimed = await store.claimEvents({ lease, at, leaseEndsAt: endsAt, limit })
  if (claimed === null) return null
  const stream: Lease = { accountId: claimed.accountId, lease, endsAt }
  let made = 0
  for (const record of claimed.events) {
    if ((record.retryAt !== null && record.retryAt > clock()) || !(await keepLease(context, stream))) break
    made += 1
    if (!(await deliver(context, round, stream, record))) return made
  }
  await store.transaction((tx) => tx.releaseEvents({ accountId: stream.accountId, lease, at: clock() }))
  return made
}

/** Makes sure that at least half of the lease is left for the next attempt. `false` when another worker has the stream. */
async function keepLease({ store, clock, settings }: Context, stream: Lease): Promise<boolean> {
  const now = clock()
  const { leaseSeconds } = settings.events
  if (addSeconds(now, leaseSeconds / 2) <= stream.endsAt) return true
  stream.endsAt = addSeconds(now, leaseSeconds)
  return store.renewEventLease({ accountId: stream.accountId, lease: stream.lease, leaseEndsAt: stream.endsAt })
}

/** Makes one attempt and writes its outcome down. `false` when the stream is not this worker's any longer. */
async function deliver(context: Context, { handler, tally }: Round, { accountId, lease }: Lease, record: EventRecord): Promise<boolean> {
  const { store, clock, settings, logger } = context
  const { id: eventId, sequence, name } = record.event
  const outcome = await attempt(handler, record.event)
  const at = clock()
  if (outcome === 'delivered') {
    await store.markEventDelivered({ accountId, sequence, at })
    tally.delivered += 1
    return true
  }
  const failed = { attempts: record.attempts + 1, at, chance: chanceOf(context) }
  const again = outcome.isFinal ? null : retryAt(failed, settings.events)
  const failure = { accountId, lease, sequence, error: outcome.error, retryAt: again }
  if (!(await store.transaction((tx) => tx.saveFailedEvent(failure)))) return false
  tally[again === null ? 'dead' : 'failed'] += 1
  if (again === null) logger.warn('an event is dead', { eventId, accountId, name, attempts: failed.attempts })
  return again === null
}

/** A number from 0 up to 1. */
const chanceOf = ({ randomBytes }: Context): number => Buffer.from(randomBytes(4)).readUInt32BE() / 2 ** 32
