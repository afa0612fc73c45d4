import type { EventRecord, EventStatus, NewEvent } from '../../domain/event.js'
import type { Position } from './position.js'

/**
 * The outbox, and its delivery. The events of an account are a stream, which one worker at a time takes under a lease: a name of its own
 * choice that nobody else uses, with an end, so that the events of a worker that died are taken up again.
 */
export interface EventOperations {
  /** Newest first; of one account, or of all. */
  listEvents(page: {
    accountId: string | null
    status: EventStatus | null
    before: Position | null
    limit: number
  }): Promise<readonly EventRecord[]>
  /** An event of any account. */
  findEvent(eventId: string): Promise<EventRecord | null>
  /**
   * Takes the stream that has been due for longest at `at`, until `leaseEndsAt`, and answers its first pending events, at most `limit`, in
   * their order: none where others were faster. A stream is due from the moment on that its first new event was written, its last lease
   * ends, its failed event is to be tried again, or it was given back with pending events, whichever happened last. `null` when none is due.
   * Waits for nobody: where two ask at once, each gets another stream.
   */
  claimEvents(claim: { lease: string; at: Date; leaseEndsAt: Date; limit: number }): Promise<ClaimedEvents | null>
  /** Lets a lease end later. `false` when the stream has been taken by another since. */
  renewEventLease(renewal: { accountId: string; lease: string; leaseEndsAt: Date }): Promise<boolean>
  /** Counts the last attempt and marks a pending event as delivered. `false` when it is not pending. */
  markEventDelivered(delivery: { accountId: string; sequence: number; at: Date }): Promise<boolean>
  /** Takes away delivered events that were written before `before`, the oldest first, at most `limit`. Answers how many. */
  removeDeliveredEvents(question: { before: Date; limit: number }): Promise<number>
}

/** The first pending events of one account, taken for delivery. */
export interface ClaimedEvents {
  readonly accountId: string
  readonly events: readonly EventRecord[]
}

/** Changes of the outbox, each only inside a transaction. */
export interface EventTransactionOperations {
  /**
   * Adds pending events, and numbers them 1, 2, 3 … within their accounts, in the order in which they are given. Numbers of a transaction
   * that is rolled back are given again, so that none is missing. Each account must be held, or have been added, by this transaction.
   */
  addEvents(events: readonly NewEvent[]): Promise<void>
  /**
   * Counts a failed attempt of a pending event. With a `retryAt` the stream is given back and due again then; without one the event is
   * dead, and the lease goes on. `false`, and nothing changes, when the stream has been taken by another since.
   */
  saveFailedEvent(failure: { accountId: string; lease: string; sequence: number; error: string; retryAt: Date | null }): Promise<boolean>
  /**
   * Gives a stream back: due at `at`, or when its first pending event may be tried again if that is later; not due when none is pending.
   * Nothing when it has been taken by another since.
   */
  releaseEvents(release: { accountId: string; lease: string; at: Date }): Promise<void>
  /**
   * Makes a dead event pending again and its attempts none, and its stream due at `at`, unless a worker has it, which then looks again.
   * `false` when the event is not dead.
   */
  reviveEvent(revival: { accountId: string; sequence: number; at: Date }): Promise<boolean>
}
