import type { EventName, NewEvent, TenantryEventData } from '../../domain/event.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import type { Context } from '../context.js'

/** Something that happened to an account, to be told of in the transaction in which it happens. */
export interface Happening<Name extends EventName> {
  readonly accountId: string
  readonly name: Name
  readonly data: TenantryEventData[Name]
  readonly at: Date
}

/** Writes an event into the outbox. The transaction holds the account, or has just added it. */
export async function recordEvent<Name extends EventName>(
  { newId }: Context,
  tx: StoreTransaction,
  { accountId, name, data, at }: Happening<Name>,
): Promise<void> {
  await tx.addEvents([{ id: newId(), accountId, name, data, createdAt: at } as NewEvent])
}
