import { inspect } from 'node:util'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { createTenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { describe, expect, test } from 'vitest'

const password = 'canary-of-the-database'

describe('the password of the database', () => {
  test.each([
    ['nothing listens', async () => new pg.Pool({ connectionString: `postgresql://app:${password}@127.0.0.1:1/app` })],
    ['its host is none', async () => new pg.Pool({ connectionString: `postgresql://app:${password}@no-such-host.invalid/app` })],
    ['its address is none', async () => new pg.Pool({ connectionString: `postgresql://app:${password}@127.0.0.1:port/app` })],
    ['its address is none for Node', async () => new URL(`postgresql://app:${password}@127.0.0.1:port/app`) as never],
  ] as [string, () => Promise<pg.Pool>][])('is not told where %s', async (_, pool) => {
    const logged: unknown[] = []
    const log = (...args: unknown[]) => void logged.push(args)
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
    const tenantry = createTenantry({ store: kyselyStore(db), logger: { info: log, warn: log, error: log } })
    const error: unknown = await tenantry.getAccount({ accountId: 'a' }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'store_unavailable' })
    const said = `${inspect([error, logged], { depth: 20, showHidden: true })} ${JSON.stringify(error)} ${(error as Error).stack}`
    expect(said).not.toContain(password)
    expect(said).toContain('store_unavailable')
    await db.destroy().catch(() => undefined)
  })
})
