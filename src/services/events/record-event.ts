import type { EventContent, EventName, NewEvent, TenantryEventData } from '../../domain/event.js'
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
  context: Context,
  tx: StoreTransaction,
  { accountId, name, data, at }: Happening<Name>,
): Promise<void> {
  await recordEvents(context, tx, { accountId, at, contents: [{ name, data } as EventContent] })
}

/** Writes events of one account and moment into the outbox, in the order in which they are to be told. */
export async function recordEvents(
  { newId }: Context,
  tx: StoreTransaction,
  { accountId, at, contents }: { accountId: string; at: Date; contents: readonly EventContent[] },
): Promise<void> {
  if (contents.length === 0) return
  await tx.addEvents(contents.map((content): NewEvent => ({ ...content, id: newId(), accountId, createdAt: at })))
}
