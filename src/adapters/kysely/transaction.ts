import type { TransactionBuilder } from 'kysely'
import { invariant } from '../../errors.js'
import { pause } from '../node/backoff.js'
import { type Connection, type Course, type Home, transactionConnection } from './connection.js'
import { isRetryable, storeError } from './errors.js'
import type { TenantryTables } from './tables.js'

/** Gives each verb of a transaction its connection. */
export type Connect = (operation: string) => Connection

/** What is done inside a transaction. */
export type Work<Result> = (connect: Connect) => Promise<Result>

const maxRetries = 5

/**
 * Runs `work` in a transaction at read committed, whatever the database's default is. On a serialization failure or a deadlock all of it
 * is run again, at most five times.
 */
export async function inTransaction<Result>(home: Home, operation: string, work: Work<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const course: Course = { failure: null }
    try {
      const transaction = home.db.transaction().setIsolationLevel('read committed')
      return await runTransaction(transaction, home, operation, course, work)
    } catch (error) {
      if (attempt > maxRetries || !isRetryable(course.failure ?? error)) throw error
    }
    await pause(attempt)
  }
}

/** Runs `work` on what has been committed by now; nothing that is committed later is seen. */
export function inSnapshot<Result>(home: Home, operation: string, work: Work<Result>): Promise<Result> {
  const transaction = home.db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
  return runTransaction(transaction, home, operation, { failure: null }, work)
}

/** How work in a transaction ended. */
export type Outcome<Result> = { readonly result: Result } | { readonly error: unknown }

async function runTransaction<Result>(
  transaction: TransactionBuilder<TenantryTables>,
  home: Home,
  operation: string,
  course: Course,
  work: Work<Result>,
): Promise<Result> {
  let outcome = null as Outcome<Result> | null
  try {
    await transaction.execute(async (db) => {
      outcome = await outcomeOf(() => work(connectTo({ ...home, db }, course)), course)
      if ('error' in outcome) throw outcome.error
    })
  } catch (error) {
    // Not `error` where the work failed: it may be that of a ROLLBACK which no longer reached the server.
    if (outcome !== null && 'error' in outcome) throw outcome.error
    throw storeError(error, { operation, mayHaveHappened: outcome !== null })
  }
  invariant(outcome !== null && 'result' in outcome, 'a transaction that was committed has a result')
  return outcome.result
}

/** The result of `work`. The database undoes everything after a failed statement, whether or not the work minded. So a swallowed failure is a failure. */
export async function outcomeOf<Result>(work: () => Promise<Result>, course: Course): Promise<Outcome<Result>> {
  try {
    const result = await work()
    return course.failure === null ? { result } : { error: course.failure }
  } catch (error) {
    return { error }
  }
}

/** Connections on which a first failure is remembered in `course`. */
export const connectTo =
  (home: Home, course: Course): Connect =>
  (operation) =>
    transactionConnection(home, operation, course)
