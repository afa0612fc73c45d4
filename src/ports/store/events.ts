import type { EventRecord, EventStatus, NewEvent } from '../../domain/event.js'
import type { Position } from './position.js'

/** Questions about the outbox. */
export interface EventOperations {
  /** Newest first; of one account, or of all. */
  listEvents(page: {
    accountId: string | null
    status: EventStatus | null
    before: Position | null
    limit: number
  }): Promise<readonly EventRecord[]>
}

/** Changes of the outbox, each only inside a transaction. */
export interface EventTransactionOperations {
  /**
   * Adds pending events, and numbers them 1, 2, 3 … within their accounts, in the order in which they are given. Numbers of a transaction
   * that is rolled back are given again, so that none is missing. Each account must be held, or have been added, by this transaction. At most
   * 1,000 at a time.
   */
  addEvents(events: readonly NewEvent[]): Promise<void>
}
