import { type Home, pooledConnection } from './connection.js'
import { isRetryable } from './errors.js'
import { inTransaction } from './transaction.js'
import { onlyReads, type Run } from './verbs.js'

/** Runs verbs outside transactions, each on a connection of its own. */
export const pooledRun =
  (home: Home): Run =>
  async (operation, verb) => {
    try {
      return await verb(pooledConnection(home, operation, !onlyReads(operation)))
    } catch (error) {
      if (!isRetryable(error)) throw error
      // A database whose default is a stricter level refuses what waits for another's row. At our level it waits.
      return inTransaction(home, operation, (connect) => verb(connect(operation)))
    }
  }
