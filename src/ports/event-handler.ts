import type { AnyTenantryEvent } from '../domain/event.js'

/** What a handler answers that wants no further attempt: the event is dead at once, for the reason given. */
export interface GiveUp {
  readonly giveUp: string
}

/**
 * Takes one event. When it ends, the event counts as delivered; when it throws, the event is tried again later; see {@link GiveUp} for what
 * will never succeed. It may be given an event more than once (`event.id` tells), and should end well within the lease.
 *
 * @example
 * const handler: EventHandler = async (event) => {
 *   if (event.name === 'trial.ending') await mail(event.accountId, event.data.daysLeft)
 * }
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that answers nothing is the ordinary one
export type EventHandler = (event: AnyTenantryEvent) => Promise<GiveUp | void> | GiveUp | void
