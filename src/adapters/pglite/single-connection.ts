import type * as KyselyPackage from 'kysely'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, Kysely, QueryResult } from 'kysely'
import { takeTurn } from '../node/turns.js'

/** A Postgres that runs inside this process and has one connection. */
export interface SingleConnection {
  /** Whoever wants to use the connection waits for its turn with this object, so that two dialects over one engine never mix. */
  readonly engine: object
  /** Runs one statement; transaction control and savepoints come as statements too. */
  execute(sql: string, parameters: readonly unknown[]): Promise<{ rows: unknown[]; affectedRows: number }>
  init(): Promise<void>
  destroy(): Promise<void>
}

/** Of Kysely, what makes its dialects for Postgres. It is passed in, so that whoever loads this needs no Kysely until there is a dialect. */
export type KyselyParts = Pick<typeof KyselyPackage, 'CompiledQuery' | 'PostgresAdapter' | 'PostgresIntrospector' | 'PostgresQueryCompiler'>

/** What tells whoever asks that there is one connection. Newer versions of Kysely ask too. */
export const singleConnectionAdapter = ({ PostgresAdapter }: KyselyParts) =>
  class SingleConnectionAdapter extends PostgresAdapter {
    get supportsMultipleConnections(): boolean {
      return false
    }
  }

/** A Kysely dialect over one connection: transactions and single statements wait for one another. */
export function singleConnectionDialect(
  kysely: KyselyParts,
  connection: SingleConnection,
  Adapter = singleConnectionAdapter(kysely),
): Dialect {
  return {
    createAdapter: () => new Adapter(),
    createDriver: () => createDriver(kysely, connection),
    createIntrospector: (db: Kysely<unknown>) => new kysely.PostgresIntrospector(db),
    createQueryCompiler: () => new kysely.PostgresQueryCompiler(),
  }
}

function createDriver(kysely: KyselyParts, single: SingleConnection): Driver {
  const connection = createConnection(single)
  let endTurn = (): void => undefined
  const run = async (sql: string): Promise<void> => void (await connection.executeQuery(kysely.CompiledQuery.raw(sql)))
  return {
    init: () => single.init(),
    async acquireConnection() {
      endTurn = await takeTurn(single.engine)
      return connection
    },
    beginTransaction: (_connection, { isolationLevel, accessMode }) =>
      run(['start transaction', isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean).join(' ')),
    commitTransaction: () => run('commit'),
    rollbackTransaction: () => run('rollback'),
    savepoint: (_connection, name) => run(`savepoint ${quoted(name)}`),
    rollbackToSavepoint: (_connection, name) => run(`rollback to savepoint ${quoted(name)}`),
    releaseSavepoint: (_connection, name) => run(`release savepoint ${quoted(name)}`),
    async releaseConnection() {
      endTurn()
    },
    destroy: () => single.destroy(),
  }
}

function createConnection(single: SingleConnection): DatabaseConnection {
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const { rows, affectedRows } = await single.execute(sql, parameters)
      return { rows: rows as Row[], numAffectedRows: BigInt(affectedRows) }
    },
    // biome-ignore lint/correctness/useYield: an engine without cursors has nothing to yield
    async *streamQuery() {
      throw new Error('This engine cannot stream a query: it has no cursors. Execute it instead.')
    },
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
