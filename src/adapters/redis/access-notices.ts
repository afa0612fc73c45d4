import { randomUUID } from 'node:crypto'
import type { AccessChange, AccessNotices } from '../../ports/access-notices.js'
import { aHeartbeat, heardNotices } from '../node/heard-notices.js'
import type { HeardConnection } from '../node/kept-connection.js'
import { aFunction, aName, optional, readOptions } from '../node/read-options.js'

/** How {@link redisAccessNotices} reaches Redis. */
export interface RedisAccessNoticesOptions {
  /** Publishes a message: `(channel, message) => client.publish(channel, message)`, with ioredis and node-redis alike. */
  readonly publish: (channel: string, message: string) => Promise<unknown>
  /**
   * Subscribes with a client of its own, which subscribes again by itself when it has lost its connection, as both do. node-redis:
   * `(channel, hear) => subscriber.subscribe(channel, hear)`. ioredis:
   * `async (channel, hear) => { await subscriber.subscribe(channel); subscriber.on('message', (from, text) => from === channel && hear(text)) }`.
   */
  readonly subscribe: (channel: string, hear: (message: string) => void) => Promise<unknown>
  /**
   * Says when the subscriber has lost its connection, so that the cache is bypassed at once: `(lost) => subscriber.on('close', lost)` with
   * ioredis, `'error'` and `'end'` with node-redis. Left out, a loss that is shorter than the heartbeat is not noticed, and what was told
   * meanwhile is seen when the cache's time is over.
   */
  readonly onDisconnect?: ((lost: (cause?: unknown) => void) => unknown) | undefined
  /** One for all processes of an installation; `tenantry:access` when left out. */
  readonly channel?: string | undefined
  /** How often the way through Redis is tried, in whole seconds from 1 to 60; 5 when left out. */
  readonly heartbeatSeconds?: number | undefined
}

/**
 * Tells the gate caches of other processes over Redis what this one has changed. Only processes that have a gate cache with these notices
 * tell: what somebody else changes, such as the command line or psql, is seen when the cache's time is over. Where that is not enough, use
 * `postgresAccessNotices`.
 *
 * While Redis does not bring back what is sent, the gate answers from the store. The clients are the host's to close, after `close()`.
 *
 * @throws TenantryError `invalid_input` when an option is not valid
 */
export function redisAccessNotices(options: RedisAccessNoticesOptions): AccessNotices {
  const read = readOptions(options ?? {}, rules)
  const { publish, channel = 'tenantry:access', heartbeatSeconds = 5 } = read
  return heardNotices({
    openWith: (hear) => subscribing(read, channel, (message) => changesOf(message).forEach(hear)),
    heartbeatSeconds,
    async publish(changes) {
      await publish(channel, JSON.stringify(changes))
    },
  })
}

const rules = {
  publish: aFunction,
  subscribe: aFunction,
  onDisconnect: optional(aFunction),
  channel: optional(aName),
  heartbeatSeconds: optional(aHeartbeat),
}

/** Subscribes once: after a loss the client does that by itself, and the next beat shows when it has. */
function subscribing(
  { publish, subscribe, onDisconnect }: RedisAccessNoticesOptions,
  channel: string,
  hear: (message: string) => void,
): (onLost: (cause?: unknown) => void) => Promise<HeardConnection> {
  const ownChannel = `${channel}:beat:${randomUUID()}`
  let expected = { text: '', arrived: (): void => undefined }
  let onLoss = (_cause?: unknown): void => undefined
  const subscribeToChanges = succeedingOnce(() => subscribe(channel, hear))
  const subscribeToBeats = succeedingOnce(() =>
    subscribe(ownChannel, (text) => {
      if (text === expected.text) expected.arrived()
    }),
  )
  onDisconnect?.((cause) => onLoss(cause))
  return async (onLost) => {
    onLoss = onLost
    await subscribeToChanges()
    await subscribeToBeats()
    return {
      beat: () =>
        new Promise((arrived, reject) => {
          expected = { text: randomUUID(), arrived }
          publish(ownChannel, expected.text).catch(reject)
        }),
      close: async () => undefined,
    }
  }
}

/** Does the work until it has succeeded, once at a time, and then never again. */
function succeedingOnce(work: () => Promise<unknown>): () => Promise<unknown> {
  let done: Promise<unknown> | null = null
  return () => {
    done ??= work().catch((error: unknown) => {
      done = null
      throw error
    })
    return done
  }
}

/** What a message says; everything, and that perhaps later, where it cannot be read. */
function changesOf(message: string): readonly AccessChange[] {
  try {
    const changes: unknown = JSON.parse(message)
    if (Array.isArray(changes) && changes.every(isChange)) return changes
  } catch {
    // Whoever sent it, something may have changed.
  }
  return [{ of: 'everything', isPending: true }]
}

function isChange(value: unknown): value is AccessChange {
  const { of, id } = Object(value) as { of?: unknown; id?: unknown }
  return of === 'everything' || ((of === 'account' || of === 'user' || of === 'session') && typeof id === 'string')
}
