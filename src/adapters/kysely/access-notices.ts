import { randomUUID } from 'node:crypto'
import type { AccessChange, AccessNotices } from '../../ports/access-notices.js'
import { aHeartbeat, heardNotices } from '../node/heard-notices.js'
import type { HeardConnection } from '../node/kept-connection.js'
import { aFunction, aName, optional, readOptions } from '../node/read-options.js'

/** What {@link postgresAccessNotices} needs of a `pg.Client`. */
export interface PgListenClient {
  query(text: string): Promise<unknown>
  on(event: 'notification', listener: (notification: { channel: string; payload?: string | undefined }) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'end', listener: () => void): unknown
  end(): Promise<void>
}

/** How {@link postgresAccessNotices} reaches the database. */
export interface PostgresAccessNoticesOptions {
  /**
   * Opens a connection that is used for nothing else: `async () => { const client = new pg.Client(url); await client.connect(); return client }`.
   * It goes to the server itself or through a pooler in session mode: in transaction mode nothing is heard. Not to a standby.
   */
  readonly connect: () => Promise<PgListenClient>
  /** The schema of the tables; changes in any schema are heard when left out. */
  readonly schema?: string | undefined
  /** How often the connection is tried, in whole seconds from 1 to 60; one that has gone silent is noticed within twice that. 5 when left out. */
  readonly heartbeatSeconds?: number | undefined
}

const channel = 'tenantry_access'

/**
 * Hears over LISTEN/NOTIFY what has changed of accounts, keys, sessions, members, people and plans, for the gate cache. The database tells it
 * by triggers when a change is committed, whoever has made it: another process, the command line, a transaction of the host, psql.
 *
 * It needs one connection for the process, which it opens again, with growing pauses, when it is lost or gone silent; until then the gate
 * answers from the store. That connection keeps the process running until `close()`.
 *
 * @throws TenantryError `invalid_input` when an option is not valid
 */
export function postgresAccessNotices(options: PostgresAccessNoticesOptions): AccessNotices {
  const rules = { connect: aFunction, schema: optional(aName), heartbeatSeconds: optional(aHeartbeat) }
  const { connect, schema, heartbeatSeconds = 5 } = readOptions(options ?? {}, rules)
  return heardNotices({
    openWith: (hear) => (onLost) =>
      openListening(
        connect,
        (payload) => {
          const change = changeOf(payload, schema)
          if (change !== null) hear(change)
        },
        onLost,
      ),
    heartbeatSeconds,
  })
}

/** A beat goes through the server over a channel of its own: it proves that notices arrive, where a mere answer would not. */
async function openListening(
  connect: PostgresAccessNoticesOptions['connect'],
  hear: (payload: string) => void,
  onLost: (cause?: unknown) => void,
): Promise<HeardConnection> {
  const client = await connect()
  const ownChannel = `tenantry_beat_${randomUUID().replaceAll('-', '')}`
  let onBeat = (): void => undefined
  client.on('error', onLost)
  client.on('end', () => onLost())
  client.on('notification', (notification) => {
    if (notification.channel === ownChannel) onBeat()
    else if (notification.channel === channel) hear(notification.payload ?? '')
  })
  const close = (): Promise<void> => client.end()
  try {
    await client.query(`listen ${channel}; listen ${ownChannel}`)
  } catch (error) {
    close().catch(() => undefined)
    throw error
  }
  return {
    beat: () =>
      new Promise((resolve, reject) => {
        onBeat = resolve
        client.query(`notify ${ownChannel}`).catch(reject)
      }),
    close,
  }
}

/** What a payload says; everything where it cannot be read, `null` where it is about another schema. */
function changeOf(payload: string, schema: string | undefined): AccessChange | null {
  const { schema: place, of, id } = readPayload(payload)
  if (schema !== undefined && typeof place === 'string' && place !== schema) return null
  return (of === 'account' || of === 'user') && typeof id === 'string' ? { of, id } : { of: 'everything' }
}

function readPayload(payload: string): { schema?: unknown; of?: unknown; id?: unknown } {
  try {
    return Object(JSON.parse(payload))
  } catch {
    return {}
  }
}
