import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { kyselyStore, kyselyThrottleStore, postgresAccessNotices } from 'tenantry/kysely'
import { memoryThrottleStore } from 'tenantry/memory'
import { redisAccessNotices, redisThrottleStore } from 'tenantry/redis'
import { describe, expect, it, vi } from 'vitest'
import { refusalOf } from '../support/host.js'

const db = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (any) => new PostgresIntrospector(any),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})
const promised = async (): Promise<undefined> => undefined
const none = undefined

/** What is made with options: those that it needs, and all that it knows. */
const makers: Record<string, { make: (options: never) => unknown; needed: object; all: object }> = {
  redisThrottleStore: {
    make: redisThrottleStore,
    needed: { eval: promised },
    all: { eval: promised, evalSha: promised, prefix: 'x', cluster: true },
  },
  redisAccessNotices: {
    make: redisAccessNotices,
    needed: { publish: promised, subscribe: promised },
    all: { publish: promised, subscribe: promised, onDisconnect: promised, channel: 'x', heartbeatSeconds: 60 },
  },
  postgresAccessNotices: {
    make: postgresAccessNotices,
    needed: { connect: promised },
    all: { connect: promised, schema: 'x', heartbeatSeconds: 1 },
  },
  kyselyStore: {
    make: (options) => kyselyStore(db, options),
    needed: {},
    all: { coalesce: false, pool: { connect: promised }, preparedNames: false },
  },
  kyselyThrottleStore: {
    make: (options) => kyselyThrottleStore(db, options),
    needed: {},
    all: { coalesce: false, pool: { connect: promised }, preparedNames: false },
  },
  memoryThrottleStore: { make: memoryThrottleStore, needed: {}, all: { maxKeys: 1 } },
}

async function issuesOf(name: string, options: unknown): Promise<unknown> {
  const { code, details } = await refusalOf((async () => makers[name]?.make(options as never))())
  expect(code).toBe('invalid_input')
  return (details as { issues: unknown }).issues
}

const names = Object.keys(makers)

describe('options of an adapter', () => {
  it.each(names)('are taken where they are known, and where they are undefined: %s', (name) => {
    const { make, needed, all } = makers[name] as (typeof makers)[string]
    const undefinedOnes = Object.fromEntries(Object.keys(all).map((option) => [option, none]))
    expect(() => make(all as never)).not.toThrow()
    expect(() => make({ ...undefinedOnes, ...needed } as never)).not.toThrow()
  })

  it.each(names.flatMap((name) => Object.keys(makers[name]?.all ?? {}).map((option) => [name, option.toUpperCase()] as const)))(
    'are refused where they are misspelt: %s, %s',
    async (name, path) => {
      expect(await issuesOf(name, { ...makers[name]?.needed, [path]: none })).toEqual([{ path, message: 'unknown field' }])
    },
  )

  it.each([
    ['redisThrottleStore', 'cluster', 'x', 'must be true or false'],
    ['redisAccessNotices', 'channel', '', 'must be a text of at least 1 character'],
    ['redisAccessNotices', 'heartbeatSeconds', 61, 'use a whole number from 1 to 60'],
    ['postgresAccessNotices', 'schema', 7, 'must be a text of at least 1 character'],
    ['postgresAccessNotices', 'heartbeatSeconds', '5', 'use a whole number from 1 to 60'],
    ...['kyselyStore', 'kyselyThrottleStore'].flatMap((name) => [
      [name, 'coalesce', 'no', 'must be true or false'] as const,
      [name, 'preparedNames', 0, 'must be true or false'] as const,
      [name, 'pool', 'postgres://localhost/mine', 'must be the pg.Pool that db uses'] as const,
      [name, 'pool', null, 'must be the pg.Pool that db uses'] as const,
    ]),
    ['memoryThrottleStore', 'maxKeys', '7', 'use an integer from 1 to 16777216'],
  ] as const)('are refused where they are of a wrong kind: %s, %s: %j', async (name, path, value, message) => {
    expect(await issuesOf(name, { ...makers[name]?.needed, [path]: value })).toEqual([{ path, message }])
  })

  it.each(names)('are read once, and refused where they cannot be read: %s', async (name) => {
    const { make, all } = makers[name] as (typeof makers)[string]
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const [path = ''] = Object.keys(all)
    const trap = {
      get [path]() {
        throw new Error('of a getter')
      },
    }
    for (const options of [trap, proxy]) expect(await issuesOf(name, options)).toEqual([{ path: '', message: 'must be an object' }])
    const reads = vi.fn(() => (all as Record<string, unknown>)[path])
    make(Object.defineProperty({ ...all }, path, { get: reads, enumerable: true }) as never)
    expect(reads).toHaveBeenCalledTimes(1)
  })

  it.each(['kyselyStore', 'kyselyThrottleStore'])(
    'are taken also where they are inherited, and refused where a pool cannot be looked at: %s',
    async (name) => {
      const pool = { connect: promised }
      expect(() => makers[name]?.make(Object.create({ pool }) as never)).not.toThrow()
      expect(await issuesOf(name, Object.create({ pool: 7 }))).toEqual([{ path: 'pool', message: 'must be the pg.Pool that db uses' }])
      const trap = {
        get connect() {
          throw new Error('of a getter')
        },
      }
      expect(await issuesOf(name, { pool: trap })).toEqual([{ path: 'pool', message: 'must be the pg.Pool that db uses' }])
    },
  )

  it.each(['kyselyStore', 'kyselyThrottleStore', 'memoryThrottleStore'])('are refused where they are none: %s', async (name) => {
    for (const options of [null, 'fast', [], new Map(), new Date()])
      expect(await issuesOf(name, options)).toEqual([{ path: '', message: 'must be an object' }])
  })

  it('name what is needed first, and 20 at most, where a client was passed in their place', async () => {
    const client = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`field${at}`, at]))
    const issues = await issuesOf('redisThrottleStore', client)
    expect(issues).toHaveLength(20)
    expect(issues).toMatchObject([{ path: 'eval' }, { path: 'field0' }, ...Array.from({ length: 18 }, () => ({}))])
  })
})
