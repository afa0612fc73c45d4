import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { createClient } from 'redis'
import { type AccessNotices, createTenantry, type Tenantry } from 'tenantry'
import { kyselyStore, postgresAccessNotices } from 'tenantry/kysely'
import { plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { redisAccessNotices } from '../../src/adapters/redis/index.js'
import { createPool } from '../support/postgres.js'
import { type OtherProcess, startOtherProcess } from './other-process.js'
import { admin, openAccount, openWorld, plans, type World } from './world.js'

const serverUrl = inject('postgresUrl')
const redisUrl = inject('redisUrl')

/** Waits until something holds; the time limit of the test says when that is too late. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** This process: a library with a gate cache of a minute, and a count of the statements that it sends. */
function cachingProcess(world: World, notices?: AccessNotices) {
  const sent: string[] = []
  const pool = createPool(world.url, 4)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }), log: ({ query }) => void sent.push(query.sql) })
  const gateCache = { ttlSeconds: 60, ...(notices && { notices }) }
  const tenantry: Tenantry = createTenantry({ store: kyselyStore(db), plans, clock: world.clock, passwords: plainHasher(), gateCache })
  const statements = async (work: () => Promise<unknown>): Promise<number> => {
    const before = sent.length
    await work()
    return sent.length - before
  }
  return { tenantry, db, statements }
}

type Caching = ReturnType<typeof cachingProcess>

async function customer(world: World) {
  const accountId = await openAccount(world, 100)
  const { secret, apiKey } = await world.tenantry.createApiKey({ accountId, name: 'CI' }, admin)
  return { accountId, secret, apiKey }
}

/** Keeps asking until the answer comes from the cache: then the notices are heard. */
async function warm({ tenantry, statements }: Caching, secret: string): Promise<void> {
  // Not counted against any budget, however often it is asked.
  const ask = () => tenantry.authenticate({ credential: secret })
  await until(async () => (await statements(ask)) === 0)
  expect(await ask()).toMatchObject({ ok: true })
}

/** Who changes something in a transaction of the host, and whether the process that asks has heard of it. */
interface Joined {
  readonly writer: Tenantry
  readonly hasHeard: (ask: () => Promise<unknown>) => Promise<boolean>
}

/** Before the commit the old state holds, but is not kept: the first question after the commit is answered by the new one. */
async function seesAtCommit(world: World, own: Caching, { writer, hasHeard }: Joined): Promise<void> {
  const { accountId, secret } = await customer(world)
  await warm(own, secret)
  const ask = () => own.tenantry.authenticate({ credential: secret })
  await world.db.transaction().execute(async (trx) => {
    await writer.withStore(kyselyStore(trx)).suspendAccount({ accountId, reason: 'spam' }, admin)
    await until(() => hasHeard(ask))
    expect(await ask()).toMatchObject({ ok: true })
  })
  expect(await ask()).toMatchObject({ code: 'account_suspended' })
}

/** What another process can do to a customer, and what the gate says then. */
const changes: Record<
  string,
  { code: string; change: (other: OtherProcess, own: Awaited<ReturnType<typeof customer>>) => Promise<unknown> }
> = {
  'suspends the account': {
    code: 'account_suspended',
    change: (other, { accountId }) => other.does('suspendAccount', { accountId, reason: 'spam' }, admin),
  },
  'revokes the key': {
    code: 'invalid_credential',
    change: (other, { accountId, apiKey }) => other.does('revokeApiKey', { accountId, apiKeyId: apiKey.id }, admin),
  },
}

/** Changes that only the database itself can tell of. */
const foreignChanges: typeof changes = {
  'ends the trial by hand': {
    code: 'trial_expired',
    change: (other, { accountId }) =>
      other.runs(`update tenantry_subscription set current_period_end = current_period_start where account_id = '${accountId}'`),
  },
  'takes the subscription away by hand': {
    code: 'plan_missing',
    change: (other, { accountId }) => other.runs(`update tenantry_account set plan_id = null where id = '${accountId}'`),
  },
  'expires the key by hand': {
    code: 'invalid_credential',
    change: (other, { apiKey }) => other.runs(`update tenantry_api_key set expires_at = '2020-01-01' where id = '${apiKey.id}'`),
  },
}

function tellsOf(changesToTell: typeof changes, at: () => { world: World; own: Caching; other: OtherProcess }) {
  it.each(Object.keys(changesToTell))('refuses the next call after the notice when another process %s', async (name) => {
    const { world, own, other } = at()
    const { change, code } = changesToTell[name] as (typeof changes)[string]
    const known = await customer(world)
    await warm(own, known.secret)
    const authorized = () => own.tenantry.authorize({ credential: known.secret, scope: 'api' })
    await change(other, known)
    await until(async () => !(await own.tenantry.authenticate({ credential: known.secret })).ok)
    expect(await authorized()).toMatchObject({ ok: false, code })
  })
}

describe.skipIf(serverUrl === null)('a gate cache in one process, and changes in another', () => {
  let world: World
  let other: OtherProcess
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
    other = await startOtherProcess({ url: world.url, now: world.clock().toISOString() })
  }, 60_000)
  afterAll(async () => {
    other?.end()
    await world.close()
  })

  describe('with notices of Postgres', () => {
    let own: Caching
    let notices: AccessNotices
    let isReachable = true
    beforeAll(() => {
      notices = postgresAccessNotices({
        // So long that also a busy machine brings every beat back in time: a connection that is cut says so itself.
        heartbeatSeconds: 30,
        connect: async () => {
          if (!isReachable) throw new Error('cut off')
          const client = new pg.Client({ connectionString: world.url, application_name: 'notices' })
          await client.connect()
          return client
        },
      })
      own = cachingProcess(world, notices)
    })
    afterAll(async () => {
      await notices.close()
      await own.db.destroy()
    })

    tellsOf({ ...changes, ...foreignChanges }, () => ({ world, own, other }))

    it('sees that another process withdraws a plan', async () => {
      const { secret } = await customer(world)
      await warm(own, secret)
      const ask = () => own.tenantry.authenticate({ credential: secret })
      await other.does('setPlanActive', { slug: 'free-trial', isActive: false }, admin)
      await until(async () => !(await ask()).ok)
      expect(await ask()).toMatchObject({ code: 'plan_inactive' })
      await other.does('setPlanActive', { slug: 'free-trial', isActive: true }, admin)
      await until(async () => (await ask()).ok)
    })

    it('sees a change in a transaction of the host at its commit, however long it was open', async () => {
      const { accountId, secret } = await customer(world)
      await warm(own, secret)
      const ask = () => own.tenantry.authenticate({ credential: secret })
      await world.db.transaction().execute(async (trx) => {
        await own.tenantry.withStore(kyselyStore(trx)).suspendAccount({ accountId, reason: 'spam' }, admin)
        world.clock.advance({ seconds: 60 })
        // What the others see is still the old state, which comes back into the cache.
        await until(async () => (await own.statements(ask)) === 0)
        expect(await ask()).toMatchObject({ ok: true })
      })
      await until(async () => !(await ask()).ok)
    })

    it('is told nothing by a spend', async () => {
      const { accountId, secret } = await customer(world)
      await warm(own, secret)
      await other.does('spendCredits', { accountId, amount: 1, operation: 'a', idempotencyKey: 'a' })
      await other.does('reserveCredits', { accountId, amount: 1, operation: 'a', idempotencyKey: 'b', ttlSeconds: 60 })
      await other.does('grantCredits', { accountId, amount: 1, type: 'promotion', idempotencyKey: 'c' }, admin)
      // A change that is told, so that those before it would have been heard too.
      const { accountId: second, secret: secondSecret } = await customer(world)
      await warm(own, secondSecret)
      await other.does('suspendAccount', { accountId: second, reason: 'spam' }, admin)
      await until(async () => !(await own.tenantry.authenticate({ credential: secondSecret })).ok)
      expect(await own.statements(() => own.tenantry.authenticate({ credential: secret }))).toBe(0)
    })

    it('answers from the store while its connection is cut off, and from the cache when it is back', async () => {
      const { accountId, secret } = await customer(world)
      await warm(own, secret)
      const ask = () => own.tenantry.authenticate({ credential: secret })
      isReachable = false
      await world.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'notices'`)
      await until(async () => (await own.statements(ask)) > 0)
      await other.does('suspendAccount', { accountId, reason: 'spam' }, admin)
      expect(await ask()).toMatchObject({ code: 'account_suspended' })
      await other.does('reinstateAccount', { accountId, reason: 'ham' }, admin)
      expect(await ask()).toMatchObject({ ok: true })
      isReachable = true
      await warm(own, secret)
    })
  })

  describe('without notices', () => {
    it('sees what this process changed in a transaction of the host as soon as it is committed', async () => {
      const own = cachingProcess(world)
      await seesAtCommit(world, own, { writer: own.tenantry, hasHeard: async () => true })
      await own.db.destroy()
    })

    it('refuses when the time is over, and not before', async () => {
      const own = cachingProcess(world)
      const { accountId, secret } = await customer(world)
      const ask = () => own.tenantry.authenticate({ credential: secret })
      expect(await ask()).toMatchObject({ ok: true })
      await other.does('suspendAccount', { accountId, reason: 'spam' }, admin)
      world.clock.advance({ ms: 59_999 })
      expect(await own.statements(ask)).toBe(0)
      world.clock.advance({ ms: 1 })
      expect(await ask()).toMatchObject({ code: 'account_suspended' })
      await own.db.destroy()
    })
  })

  describe.skipIf(redisUrl === null).each(['ioredis', 'node-redis'])('with notices of Redis, through %s', (kind) => {
    const channel = `tenantry-test:${randomUUID()}`
    let own: Caching
    let notices: AccessNotices
    let teller: OtherProcess
    let clients: ReturnType<typeof withIoredis> | Awaited<ReturnType<typeof withNodeRedis>>
    beforeAll(async () => {
      clients = kind === 'ioredis' ? withIoredis(redisUrl ?? '') : await withNodeRedis(redisUrl ?? '')
      notices = redisAccessNotices({ ...clients.ways, channel, heartbeatSeconds: 1 })
      own = cachingProcess(world, notices)
      teller = await startOtherProcess({ url: world.url, now: world.clock().toISOString(), redis: { url: redisUrl ?? '', channel } })
    }, 60_000)
    afterAll(async () => {
      teller?.end()
      await notices.close()
      await clients.close()
      await own.db.destroy()
    })

    tellsOf(changes, () => ({ world, own, other: teller }))

    it('sees what another process changed in a transaction of the host as soon as it is committed', async () => {
      const others = redisAccessNotices({ ...clients.ways, channel, heartbeatSeconds: 1 })
      const writer = cachingProcess(world, others)
      await seesAtCommit(world, own, { writer: writer.tenantry, hasHeard: async (ask) => (await own.statements(ask)) > 0 })
      await others.close()
      await writer.db.destroy()
    })

    it('answers from the store when its connection is cut off, and from the cache when it is back', async () => {
      const { accountId, secret } = await customer(world)
      await warm(own, secret)
      await clients.cut()
      const ask = () => own.tenantry.authenticate({ credential: secret })
      await until(async () => (await own.statements(ask)) > 0)
      await warm(own, secret)
      await teller.does('suspendAccount', { accountId, reason: 'spam' }, admin)
      await until(async () => !(await ask()).ok)
    })
  })
})

function withIoredis(url: string) {
  const [publisher, subscriber] = [new Redis(url), new Redis(url)]
  return {
    ways: {
      publish: (channel: string, message: string) => publisher.publish(channel, message),
      async subscribe(channel: string, hear: (message: string) => void) {
        await subscriber.subscribe(channel)
        subscriber.on('message', (from, text) => from === channel && hear(text))
      },
      onDisconnect: (lost: () => void) => subscriber.on('close', lost),
    },
    cut: () => subscriber.stream.destroy(),
    close: async () => {
      publisher.disconnect()
      subscriber.disconnect()
    },
  }
}

async function withNodeRedis(url: string) {
  const publisher = createClient({ url })
  const subscriber = publisher.duplicate()
  subscriber.on('error', () => {})
  await Promise.all([publisher.connect(), subscriber.connect()])
  const id = await subscriber.sendCommand(['CLIENT', 'ID'])
  return {
    ways: {
      publish: (channel: string, message: string) => publisher.publish(channel, message),
      subscribe: (channel: string, hear: (message: string) => void) => subscriber.subscribe(channel, hear),
      onDisconnect: (lost: () => void) => subscriber.on('error', lost),
    },
    cut: () => publisher.sendCommand(['CLIENT', 'KILL', 'ID', String(id)]),
    close: async () => {
      publisher.destroy()
      subscriber.destroy()
    },
  }
}
