import type { Actor } from '../../domain/actor.js'
import type { StoreOperations } from '../../ports/store/store.js'
import type { Context } from '../context.js'

/** An administrative act, to be written down in the transaction that carries it out. */
export interface Act {
  readonly action: string
  readonly accountId: string | null
  readonly actor: Actor
  readonly reason?: string | null
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
  readonly at: Date
}

/** Writes an act into the audit log. */
export async function recordAct(context: Context, store: StoreOperations, { at, reason, ...act }: Act): Promise<void> {
  await store.addAuditEntry({ ...act, id: context.newId(), reason: reason ?? null, createdAt: at })
}
