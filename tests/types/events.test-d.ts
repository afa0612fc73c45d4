import type { AnyTenantryEvent, EventHandler, EventName, GiveUp, NewEvent, Tenantry, TenantryEvent } from 'tenantry'
import { claim, type Same } from './same.js'

/** The name of an event tells what its data is. */
export const handler: EventHandler = async (event) => {
  if (event.name === 'trial.ending') event.data satisfies { daysLeft: number; endsAt: string }
  if (event.name === 'receipt.issued') event.data.number satisfies string
  // @ts-expect-error: not every event has a reason
  event.data.reason
  // @ts-expect-error: an event is not the handler's to change
  event.sequence = 1
  switch (event.name) {
    case 'credits.expired':
      return event.data.amount > 100 ? { giveUp: 'too many' } : undefined
    // @ts-expect-error: there is no such event
    case 'credits.stolen':
      return undefined
  }
  return undefined
}

claim<
  [
    Same<AnyTenantryEvent['name'], EventName>,
    Same<Extract<AnyTenantryEvent, { name: 'account.suspended' }>['data'], TenantryEvent<'account.suspended'>['data']>,
    Same<Extract<NewEvent, { name: 'trial.expired' }>['data'], { readonly endedAt: string }>,
  ]
>()

/** Handlers may answer at once or later, nothing or that they give up. */
export const handlers: EventHandler[] = [
  () => {},
  async () => {},
  () => ({ giveUp: 'no' }),
  async (): Promise<GiveUp> => ({ giveUp: 'no' }),
]

export const deliver = async (tenantry: Tenantry): Promise<void> => {
  const { delivered } = await tenantry.deliverEvents(handler, { limit: 10 })
  delivered satisfies number
  // @ts-expect-error: a handler takes events
  await tenantry.deliverEvents((event: { name: 'other' }) => void event)
  // @ts-expect-error: somebody puts a dead event back
  await tenantry.retryEvent({ eventId: 'e' })
}
