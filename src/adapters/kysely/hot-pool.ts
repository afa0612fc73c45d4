import { createHash } from 'node:crypto'
import type { CompiledQuery } from 'kysely'
import { isStatementError } from './errors.js'
import type { HotStatements } from './hot-statements.js'

/** What {@link kyselyStore} needs of a `pg.Pool`. */
export interface PgPool {
  connect(): Promise<PgClient>
}

/** A connection of a {@link PgPool}. */
export interface PgClient {
  query(statement: PgStatement): Promise<{ rows: unknown[] }>
  /** `true` closes the connection instead of keeping it. */
  release(close?: boolean): void
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

/** A statement for a {@link PgClient}; with a name it is prepared once per connection. */
export interface PgStatement {
  readonly name?: string
  readonly text: string
  readonly values: unknown[]
}

/** Sends the hot statements, and no others. */
export interface HotPool {
  has(sql: string): boolean
  /** `onSent` is called when the statement is on its way. */
  run<Row>(statement: CompiledQuery<Row>, onSent: () => void): Promise<{ rows: Row[] }>
}

/** Sends the hot statements to the host's pool, prepared by name unless that is turned off. */
export function createHotPool(pool: PgPool, hot: HotStatements, named: boolean): HotPool {
  const texts = Object.values(hot).flatMap((text: string | Readonly<Record<string, string>>) =>
    typeof text === 'string' ? text : Object.values(text),
  )
  const statements = new Map(texts.map((text) => [text, named ? { name: nameOf(text), text } : { text }]))
  return {
    has: (sql) => statements.has(sql),
    run: <Row>({ sql, parameters }: CompiledQuery<Row>, onSent: () => void) =>
      withClient(pool, (client) => {
        onSent()
        return client.query({ ...(statements.get(sql) ?? { text: sql }), values: [...parameters] }) as Promise<{ rows: Row[] }>
      }),
  }
}

/** The same text has the same name wherever it is prepared. Postgres cuts names off after 63 bytes. */
const nameOf = (text: string): string => `tenantry_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`

async function withClient<Result>(pool: PgPool, work: (client: PgClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  // A lost connection fails the statement; the event says it again, and unheard it would end the process.
  client.on('error', ignore)
  let isUsable = true
  try {
    return await work(client)
  } catch (error) {
    isUsable = isStatementError(error)
    throw error
  } finally {
    client.off('error', ignore)
    client.release(!isUsable)
  }
}

const ignore = (): void => undefined
