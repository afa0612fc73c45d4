import { CompiledQuery } from 'kysely'
import { type Course, type Home, transactionConnection } from './connection.js'
import { connectTo, outcomeOf, type Work } from './transaction.js'

let count = 0

/** Runs `work` inside the host's transaction. If it throws, nothing of it remains and the host's transaction can go on. */
export async function inSavepoint<Result>(home: Home, operation: string, work: Work<Result>): Promise<Result> {
  count += 1
  const name = `"tenantry_${count}"`
  const course: Course = { failure: null }
  const { execute } = transactionConnection(home, operation, { failure: null })
  await execute(CompiledQuery.raw(`savepoint ${name}`))
  const outcome = await outcomeOf(() => work(connectTo(home, course)), course)
  if ('result' in outcome) {
    await execute(CompiledQuery.raw(`release savepoint ${name}`))
    return outcome.result
  }
  await undo(name, (sql) => execute(CompiledQuery.raw(sql)))
  throw outcome.error
}

/** Where this fails the connection is gone, and the whole transaction with it: then the first error says more. */
async function undo(name: string, execute: (sql: string) => Promise<unknown>): Promise<void> {
  try {
    await execute(`rollback to savepoint ${name}`)
    await execute(`release savepoint ${name}`)
  } catch {
    // See above.
  }
}
