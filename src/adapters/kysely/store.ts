import type { BookReader } from '../../ports/store/books.js'
import type { Store, StoreOperations, StoreTransaction } from '../../ports/store/store.js'
import { aBoolean, optional, readOptions } from '../node/read-options.js'
import { inTurn } from '../node/turns.js'
import { accessVerbs } from './access.js'
import { coalescedAccess } from './access-batch.js'
import { accountVerbs } from './accounts.js'
import { apiKeyVerbs } from './api-keys.js'
import { auditVerbs } from './audit.js'
import { bookVerbs } from './books.js'
import { type Home, transactionConnection } from './connection.js'
import { creditVerbs } from './credits.js'
import { storeError } from './errors.js'
import { eventTransactionVerbs, eventVerbs } from './events.js'
import { type HomeOptions, type HostDatabase, homeOf, homeRules } from './home.js'
import { lockedAccountVerbs } from './locked-accounts.js'
import { paymentVerbs } from './payments.js'
import { planVerbs } from './plans.js'
import { pooledRun } from './pooled-run.js'
import { receiptTransactionVerbs, receiptVerbs } from './receipts.js'
import { inSavepoint } from './savepoint.js'
import { sessionVerbs } from './sessions.js'
import { signInVerbs } from './sign-ins.js'
import { coalescedSpend } from './spend-batch.js'
import { type Connect, inSnapshot, inTransaction } from './transaction.js'
import { trialVerbs } from './trials.js'
import { userVerbs } from './users.js'
import { onlyReads, operations, type Run, type Verbs } from './verbs.js'

/** How {@link kyselyStore} reaches its database. */
export interface KyselyStoreOptions extends HomeOptions {
  /**
   * Lets spends that wait at the same moment travel in one statement, up to 500 of them, and so the questions of the gate, up to 200; each
   * call gets its own answer (equal questions are asked once), and none waits for company. Where many calls meet, and above all on one account,
   * this is many times faster. `true` when left out. Not inside transactions, and not on engines inside the process, where it would gain
   * nothing.
   */
  readonly coalesce?: boolean | undefined
}

/**
 * The store on Postgres (15 or newer, or a compatible service, or PGlite), through the host's Kysely.
 *
 * Given a pool it opens its own transactions, at read committed. Given a transaction of the host, `kyselyStore(trx)`, it joins it: what it
 * does commits and rolls back with the host's own writes; it begins, commits and retries nothing, and what it refuses leaves nothing
 * behind and the transaction usable. `db.withSchema('x')` keeps the tables in schema `x`; the host's plugins do not reach them. Run
 * {@link migrate} first.
 *
 * A `pg` pool tells of a lost connection by an `error` event: listen to it (`pool.on('error', …)`, and on each client while it is checked
 * out, `pool.on('connect', (client) => client.on('error', …))`), or Node ends the process.
 *
 * @throws TenantryError `invalid_input` for what is no Kysely, and when an option is not valid
 */
export function kyselyStore(db: HostDatabase, options: KyselyStoreOptions = {}): Store {
  const { coalesce = true, ...homeOptions } = readOptions(options, { ...homeRules, coalesce: optional(aBoolean) })
  const home = homeOf(db, homeOptions)
  return db.isTransaction ? joinedStore(home) : pooledStore(home, coalesce && home.isFullPostgres && home.hasManyConnections)
}

const storeVerbs: Verbs<StoreOperations> = {
  ...accessVerbs,
  ...accountVerbs,
  ...apiKeyVerbs,
  ...auditVerbs,
  ...creditVerbs,
  ...eventVerbs,
  ...paymentVerbs,
  ...planVerbs,
  ...receiptVerbs,
  ...sessionVerbs,
  ...signInVerbs,
  ...trialVerbs,
  ...userVerbs,
}

const transactionVerbs: Verbs<StoreTransaction> = {
  ...storeVerbs,
  ...lockedAccountVerbs,
  ...eventTransactionVerbs,
  ...receiptTransactionVerbs,
}

const within = (connect: Connect): StoreTransaction => operations(transactionVerbs, (operation, verb) => verb(connect(operation)))

const booksOf = (connect: Connect): BookReader => operations(bookVerbs, (operation, verb) => verb(connect(operation)))

function pooledStore(home: Home, coalesces: boolean): Store {
  const alone = pooledRun(home)
  return {
    ...operations<StoreOperations>(storeVerbs, alone),
    ...(coalesces && { spendCredits: coalescedSpend(alone), ...coalescedAccess(alone) }),
    transaction: (work) => inTransaction(home, 'transaction', (connect) => work(within(connect))),
    snapshot: (work) => inSnapshot(home, 'snapshot', (connect) => work(booksOf(connect))),
  }
}

/** In turns, because savepoints of two operations at once would cut into each other. */
function joinedStore(home: Home): Store {
  const connect: Connect = (operation) => transactionConnection(home, operation, { failure: null })
  const inItsTurn = turnsOf(home)
  const joined: Run = (operation, verb) =>
    inItsTurn(operation, () =>
      onlyReads(operation) ? verb(connect(operation)) : inSavepoint(home, operation, (connectInside) => verb(connectInside(operation))),
    )
  return {
    ...operations<StoreOperations>(storeVerbs, joined),
    transaction: (work) => inItsTurn('transaction', () => inSavepoint(home, 'transaction', (connectInside) => work(within(connectInside)))),
    snapshot: (work) => inItsTurn('snapshot', () => work(booksOf(connect))),
  }
}

/** The turns of a transaction belong to its connection: `trx` and `trx.withSchema('x')` are two objects on one. */
function turnsOf({ db }: Home): <Result>(operation: string, work: () => Promise<Result>) => Promise<Result> {
  let connection: Promise<object> | null = null
  return async (operation, work) => {
    connection ??= db.getExecutor().provideConnection(async (own) => own)
    const owner = await connection.catch((error: unknown) => {
      throw storeError(error, { operation, mayHaveHappened: false })
    })
    return inTurn(owner, work)
  }
}
