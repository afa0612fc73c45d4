import { postgresAccessNotices } from 'tenantry/kysely'
import { redisAccessNotices } from 'tenantry/redis'
import { expect, it } from 'vitest'
import { refusalOf } from '../support/host.js'

const promised = async (): Promise<undefined> => undefined

const wrong: readonly [name: string, make: () => unknown, paths: readonly string[]][] = [
  ['Postgres without options', () => postgresAccessNotices(undefined as never), ['connect']],
  ['Postgres with a client in the place of a function', () => postgresAccessNotices({ connect: {} as never }), ['connect']],
  ['Redis without options', () => redisAccessNotices(undefined as never), ['publish', 'subscribe']],
  ['Redis without a subscriber', () => redisAccessNotices({ publish: promised } as never), ['subscribe']],
  [
    'Redis that cannot say when it is lost',
    () => redisAccessNotices({ publish: promised, subscribe: promised, onDisconnect: 'close' as never }),
    ['onDisconnect'],
  ],
]

it.each(wrong)('notices of %s are refused where they are made', async (_, make, paths) => {
  const { code, details } = await refusalOf((async () => make())())
  expect(code).toBe('invalid_input')
  expect(details).toEqual({ issues: paths.map((path) => ({ path, message: 'must be a function' })) })
})

it('a message of Redis that cannot be read is everything, and may not have been committed', () => {
  const heard: unknown[] = []
  let hear = (_message: string): void => undefined
  const notices = redisAccessNotices({
    publish: promised,
    subscribe: async (_channel, onMessage) => {
      hear = onMessage
    },
  })
  notices.listen({ onChange: (change) => void heard.push(change), onHearing: () => undefined })
  for (const message of ['', '{', '[{"of":"account"}]', '{"of":"everything"}', '[{"of":"plan","id":"p"}]']) hear(message)
  expect(heard).toEqual(Array.from({ length: 5 }, () => ({ of: 'everything', isPending: true })))
})
