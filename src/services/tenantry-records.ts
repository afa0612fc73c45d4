import type { Actor } from '../domain/actor.js'
import type { EventHandler } from '../ports/event-handler.js'
import type * as io from './inputs-and-results.js'

/** The operations of {@link Tenantry} about what has been put on record: receipts, and events on their way. */
export interface TenantryRecords {
  /**
   * Looks up the receipt of a confirmed payment, by its own id or the payment's. Its content is as it was when the payment was confirmed.
   *
   * @throws TenantryError `receipt_not_found`, also for another account's; `invalid_input`
   */
  getReceipt(input: io.GetReceiptInput): Promise<io.GetReceiptResult>
  /**
   * Lists an account's receipts, newest first.
   *
   * @throws TenantryError `account_not_found`, `invalid_input`
   */
  listReceipts(input: io.ListReceiptsInput): Promise<io.ListReceiptsResult>

  /**
   * Hands events that are due to the handler, outside of any transaction, until none is due or `limit` attempts were made; call it from a
   * timer on as many workers as you like, not within a transaction of your own. `event.name` tells the type of `event.data`.
   *
   * Each event is delivered at least once, and the events of an account in their order: none before the earlier ones are delivered or
   * dead. An event whose handler throws is tried again, after 5 s, 20 s, 80 s … up to 12 h, with a spread; after twelve attempts it is dead,
   * and the account's next event follows (option `events`). While a worker has an account's events no other has them; those of a worker
   * that died are taken up when its lease is over. The workers' clocks should agree to within half a lease.
   *
   * @throws TenantryError `invalid_input`
   */
  deliverEvents(handler: EventHandler, input?: io.DeliverEventsInput): Promise<io.DeliverEventsResult>
  /**
   * Lists events with their delivery, newest first; with `status: 'dead'` those that were given up.
   *
   * @throws TenantryError `account_not_found`, `invalid_input`
   */
  listEvents(input?: io.ListEventsInput): Promise<io.ListEventsResult>
  /**
   * Puts a dead event back: it is delivered by the next `deliverEvents`, with all its attempts before it. Later events of the account that
   * were delivered meanwhile stay so. An event that is not dead is left as it is.
   *
   * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `event_not_found`; `invalid_input`
   */
  retryEvent(input: io.RetryEventInput, actor: Actor): Promise<io.RetryEventResult>
  /**
   * Removes delivered events that were written before a moment; pending and dead ones stay. Nothing else removes events: call it from a
   * timer with what you want to keep. Numbers of later events go on as if the removed ones were there.
   *
   * @throws TenantryError `invalid_input`
   */
  pruneEvents(input: io.PruneEventsInput): Promise<io.PruneEventsResult>
}
