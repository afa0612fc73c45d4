import type { AnyTenantryEvent } from '../../domain/event.js'
import type { EventHandler } from '../../ports/event-handler.js'

/** What came of handing an event to the handler. */
export type AttemptOutcome = 'delivered' | { readonly error: string; readonly isFinal: boolean }

/** Hands an event to the handler. Never throws, whatever the handler does. */
export async function attempt(handler: EventHandler, event: AnyTenantryEvent): Promise<AttemptOutcome> {
  try {
    const answer = await handler(event)
    const reason = typeof answer === 'object' && answer !== null ? answer.giveUp : undefined
    return reason === undefined ? 'delivered' : { error: printable(reason), isFinal: true }
  } catch (error) {
    return { error: describe(error), isFinal: false }
  }
}

/** What is kept of a failure. What a handler throws is its own affair, and may be anything. */
function describe(error: unknown): string {
  try {
    return printable(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  } catch {
    return 'the handler threw something that cannot be read'
  }
}

/** Text that Postgres stores, and not for ever. */
const printable = (text: unknown): string =>
  String(text)
    .slice(0, 500)
    .replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd')
