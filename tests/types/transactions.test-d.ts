import type { Kysely, Transaction } from 'kysely'
import { createTenantry, type Store, type StoreTransaction, type Tenantry } from 'tenantry'
import { kyselyStore, type TenantryTables } from 'tenantry/kysely'
import { memoryStore } from 'tenantry/memory'

/** A transaction holds accounts, and opens no other transaction. */
export const inside = (store: Store): Promise<void> =>
  store.transaction(async (tx) => {
    await tx.lockAccount('a')
    // @ts-expect-error: there is no transaction within a transaction
    await tx.transaction(async () => {})
    // @ts-expect-error: nor a snapshot
    await tx.snapshot(async () => {})
  })

export async function outside(store: Store): Promise<void> {
  await store.findUser('u')
  // @ts-expect-error: an account is held only in a transaction
  await store.lockAccount('a')
  // @ts-expect-error: and changed only in a transaction
  await store.saveAccount({ accountId: 'a', at: new Date(0) })
}

/** A transaction is no store, and a store no transaction. */
export function notEachOther(store: Store, tx: StoreTransaction): void {
  // @ts-expect-error: nothing can be opened in it
  createTenantry({ store: tx })
  // @ts-expect-error: nothing can be held in it
  const other: StoreTransaction = store
  other satisfies object
}

export const bound = (tenantry: Tenantry, tx: StoreTransaction): Tenantry => {
  // @ts-expect-error: it takes a store: kyselyStore(trx)
  tenantry.withStore(tx)
  return tenantry.withStore(memoryStore())
}

/** The host's own tables may stand beside tenantry's. */
type HostTables = TenantryTables & { readonly order: { readonly id: string } }

export const joined = (db: Kysely<HostTables>, trx: Transaction<HostTables>): Store[] => [kyselyStore(db), kyselyStore(trx)]
