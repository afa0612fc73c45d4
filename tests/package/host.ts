import { Kysely, type Transaction } from 'kysely'
import { createTenantry, definePlans, freeTrialPlan } from 'tenantry'
import { kyselyStore, migrate, migrationStatus, rollback, type TenantryTables } from 'tenantry/kysely'
import { type PGliteLike, pgliteDialect } from 'tenantry/pglite'
import { type PgMemLike, pgMemDialect } from 'tenantry/testing'

// A host on Postgres: its exports are declared, so that every type in them has to have a name that can be written down.

interface Tables extends TenantryTables {
  order: { id: string; accountId: string }
}

export const plans = definePlans({ 'free-trial': { ...freeTrialPlan, throttles: { api: { limit: 60, windowSeconds: 60 } } } })

export const onPostgres = (db: Kysely<Tables>) => createTenantry({ store: kyselyStore(db), plans })

export const onEmbedded = (pglite: PGliteLike) => new Kysely<Tables>({ dialect: pgliteDialect(pglite) })

export const onPgMem = (mem: PgMemLike) => new Kysely<Tables>({ dialect: pgMemDialect(mem) })

export const prepare = async (db: Kysely<Tables>) => ({
  migrated: await migrate(db),
  status: await migrationStatus(db),
  undo: () => rollback(db),
})

export const place = (db: Kysely<Tables>, email: string) =>
  db.transaction().execute(async (trx: Transaction<Tables>) => {
    const signedUp = await onPostgres(db).withStore(kyselyStore(trx)).registerTrial({ email })
    await trx.insertInto('order').values({ id: '1', accountId: signedUp.account.id }).execute()
    return signedUp
  })

export const authorized = (db: Kysely<Tables>, credential: string) => onPostgres(db).authorize({ credential, scope: 'api' })

const noDatabase = {
  public: { query: () => ({ rows: [], rowCount: 0 }), registerFunction() {} },
  backup: () => ({ restore() {} }),
}

console.log(JSON.stringify(Object.keys(onPostgres(onPgMem(noDatabase))).length > 30))
