import { Kysely, PostgresDialect } from 'kysely'
import { createTenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPool } from '../support/postgres.js'
import { admin, allAtOnce, openAccount, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('API keys on a real server', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '', 30)
  })
  afterAll(() => world.close())

  const keysOf = async (accountId: string) => (await world.tenantry.listApiKeys({ accountId, limit: 200 })).items

  /** Another process, as far as the database can tell, with what it sends. */
  function another(max = 10) {
    const sent: string[] = []
    const dialect = new PostgresDialect({ pool: createPool(world.url, max) })
    const db = new Kysely<unknown>({ dialect, log: ({ query }) => void sent.push(query.sql) })
    const ports = { clock: world.clock, passwords: plainHasher(), apiKeys: { maxPerAccount: 25 } }
    return { tenantry: createTenantry({ store: kyselyStore(db), ...ports }), db, sent }
  }

  it('are never more than the account may have, of fifty that are made at once', async () => {
    const accountId = await openAccount(world, 0)
    const processes = [another(), another()]
    const calls = times(
      50,
      (index) => () => (processes[index % 2] ?? another()).tenantry.createApiKey({ accountId, name: `${index}` }, admin),
    )
    const { results, codes } = await allAtOnce(calls)
    expect(results).toHaveLength(25)
    expect(codes).toEqual(times(25, () => 'limit_reached'))
    expect(await keysOf(accountId)).toHaveLength(25)
    await Promise.all(processes.map(({ db }) => db.destroy()))
  })

  it('have one successor each, of twenty rotations at once', async () => {
    const accountId = await openAccount(world, 0)
    const { apiKey } = await world.tenantry.createApiKey({ accountId, name: 'CI' }, admin)
    const rotate = () => world.tenantry.rotateApiKey({ accountId, apiKeyId: apiKey.id, overlapSeconds: 60 }, admin)
    const { results, codes } = await allAtOnce(times(20, () => rotate))
    expect(codes).toEqual(times(19, () => 'invalid_transition'))
    expect((await keysOf(accountId)).map(({ id, replacedById }) => [id, replacedById])).toEqual([
      [results[0]?.apiKey.id, null],
      [apiKey.id, results[0]?.apiKey.id],
    ])
  })

  it('are looked up with one statement, and their use is written beside it, for all of them with one', async () => {
    const accountId = await openAccount(world, 0)
    const made = await Promise.all(times(20, (index) => world.tenantry.createApiKey({ accountId, name: `${index}` }, admin)))
    const { tenantry, db, sent } = another()
    for (const { secret } of made) {
      const before = sent.length
      expect((await tenantry.authorize({ credential: secret, scope: 'api' })).ok).toBe(true)
      expect(sent.slice(before)).toEqual([expect.stringMatching(/^select /)])
    }
    sent.splice(0)
    await tenantry.flush()
    expect(sent).toEqual([expect.stringMatching(/^update "tenantry_api_key" set "last_used_at"/)])
    expect((await keysOf(accountId)).map(({ lastUsedAt }) => lastUsedAt)).toEqual(made.map(() => world.clock()))
    await db.destroy()
  })

  it('are written of once a minute by all processes together', async () => {
    const accountId = await openAccount(world, 0)
    const { apiKey, secret } = await world.tenantry.createApiKey({ accountId, name: 'CI' }, admin)
    await world.query('create table if not exists use (id text)')
    await world.query(`create or replace function note_use() returns trigger language plpgsql as $$ begin
      insert into use values (new.id); return new; end $$`)
    await world.query(
      'create or replace trigger note_use after update of last_used_at on tenantry_api_key for each row execute function note_use()',
    )
    const processes = times(4, () => another())
    const useEverywhere = async () => {
      await Promise.all(processes.flatMap(({ tenantry }) => times(10, () => tenantry.authenticate({ credential: secret }))))
      await Promise.all(processes.map(({ tenantry }) => tenantry.flush()))
      return (await world.query('select id from use where id = $1', [apiKey.id])).length
    }
    expect(await useEverywhere()).toBe(1)
    world.clock.advance(59_999)
    expect(await useEverywhere()).toBe(1)
    world.clock.advance(1)
    expect(await useEverywhere()).toBe(2)
    await Promise.all(processes.map(({ db }) => db.destroy()))
  })

  it('do not wait to have their use written while somebody holds them', async () => {
    const accountId = await openAccount(world, 0)
    const { apiKey, secret } = await world.tenantry.createApiKey({ accountId, name: 'CI' }, admin)
    const { tenantry, db } = another()
    await world.db.transaction().execute(async (trx) => {
      await world.tenantry.withStore(kyselyStore(trx)).revokeApiKey({ accountId, apiKeyId: apiKey.id }, admin)
      expect((await tenantry.authenticate({ credential: secret })).ok).toBe(true)
      await tenantry.flush()
    })
    expect((await tenantry.authenticate({ credential: secret })).ok).toBe(false)
    await db.destroy()
  })

  it('that are presented inside a transaction of the host write nothing there, and are used also when it is undone', async () => {
    const accountId = await openAccount(world, 0)
    const { secret } = await world.tenantry.createApiKey({ accountId, name: 'CI' }, admin)
    const { tenantry, db, sent } = another()
    const undone = db.transaction().execute(async (trx) => {
      sent.splice(0)
      expect((await tenantry.withStore(kyselyStore(trx)).authenticate({ credential: secret })).ok).toBe(true)
      expect(sent).toEqual([expect.stringMatching(/^select /)])
      await tenantry.flush()
      throw new Error('undo')
    })
    await expect(undone).rejects.toThrow('undo')
    expect((await keysOf(accountId))[0]?.lastUsedAt).toEqual(world.clock())
    await db.destroy()
  })
})
