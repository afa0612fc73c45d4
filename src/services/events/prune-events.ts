import { z } from 'zod'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { moment } from '../schemas.js'

const Input = z.strictObject({
  /** Delivered events that are older go. */
  before: moment,
})

/** What `pruneEvents` takes. */
export type PruneEventsInput = z.input<typeof Input>
/** What `pruneEvents` answers: how many events it removed. */
export interface PruneEventsResult {
  readonly removed: number
}

/** Small enough that nobody waits for long behind it. */
const batch = 1000

/** See {@link Tenantry.pruneEvents}. */
export async function pruneEvents({ store }: Context, input: PruneEventsInput): Promise<PruneEventsResult> {
  const { before } = parseInput(Input, input)
  for (let removed = 0; ; ) {
    const some = await store.removeDeliveredEvents({ before, limit: batch })
    removed += some
    if (some < batch) return { removed }
  }
}
