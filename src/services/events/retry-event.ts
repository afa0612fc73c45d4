import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import type { EventRecord } from '../../domain/event.js'
import { TenantryError } from '../../errors.js'
import { recordAct } from '../audit/record-act.js'
import { requireOperator } from '../authority.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { id } from '../schemas.js'

const Input = z.strictObject({ eventId: id })

/** What `retryEvent` takes. */
export type RetryEventInput = z.input<typeof Input>
/** What `retryEvent` answers. */
export interface RetryEventResult {
  readonly record: EventRecord
  /** `false` when the event was not dead: then nothing was changed. */
  readonly retried: boolean
}

/** See {@link Tenantry.retryEvent}. */
export async function retryEvent(context: Context, input: RetryEventInput, actor: Actor): Promise<RetryEventResult> {
  const { eventId } = parseInput(Input, input)
  const operator = requireOperator(actor, 'retry events')
  const at = context.clock()
  const found = await context.store.findEvent(eventId)
  if (found === null) throw new TenantryError('event_not_found', { eventId })
  const { accountId, sequence } = found.event
  return context.store.transaction(async (tx) => {
    await tx.lockAccount(accountId)
    const retried = await tx.reviveEvent({ accountId, sequence, at })
    const record = await tx.findEvent(eventId)
    if (record === null) throw new TenantryError('event_not_found', { eventId })
    if (!retried) return { record, retried }
    await recordAct(context, tx, {
      action: 'retryEvent',
      accountId,
      actor: operator,
      before: { eventId, status: 'dead', attempts: found.attempts },
      after: { eventId, status: record.status, attempts: record.attempts },
      at,
    })
    return { record, retried }
  })
}
