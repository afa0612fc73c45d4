import { invariant } from '../../errors.js'
import type { Store, StoreOperations, StoreTransaction } from '../../ports/store/store.js'
import { accessVerbs } from './access.js'
import { accountVerbs } from './accounts.js'
import { apiKeyVerbs } from './api-keys.js'
import { auditVerbs } from './audit.js'
import { bookVerbs } from './books.js'
import { creditVerbs } from './credits.js'
import { eventTransactionVerbs, eventVerbs } from './events.js'
import { type Journal, undoneOnThrow } from './journal.js'
import { type HeldAccounts, lockedAccountVerbs } from './locked-accounts.js'
import { paymentVerbs } from './payments.js'
import { planVerbs } from './plans.js'
import { createQueue } from './queue.js'
import { receiptTransactionVerbs, receiptVerbs } from './receipts.js'
import { sessionVerbs } from './sessions.js'
import { signInVerbs } from './sign-ins.js'
import { createTables, type Tables } from './tables.js'
import { trialVerbs } from './trials.js'
import { userVerbs } from './users.js'
import { operations, type Run, type Verbs } from './verbs.js'

/**
 * A store that lives in the memory of one process: for tests, demos and trying things out. It keeps the promises of {@link Store} but for
 * two: it forgets everything when the process ends, and a snapshot makes the others wait. Operations, transactions and snapshots run one
 * after the other; so inside a transaction or a snapshot, use what it is given, or wait for ever.
 */
export function memoryStore(): Store {
  const journal: Journal = { undoSteps: [] }
  const tables = createTables(journal)
  const inTurn = createQueue()
  return {
    ...operations(storeVerbs(tables, new Set()), (verb) => inTurn(() => undoneOnThrow(journal, async () => verb()))),
    transaction: (work) => inTurn(() => undoneOnThrow(journal, () => runTransaction(transactionVerbs(tables), work))),
    snapshot: (work) => inTurn(() => work(operations(bookVerbs(tables), async (verb) => verb()))),
  }
}

const storeVerbs = (tables: Tables, held: HeldAccounts): Verbs<StoreOperations> => ({
  ...accessVerbs(tables),
  ...accountVerbs(tables),
  ...apiKeyVerbs(tables),
  ...auditVerbs(tables),
  ...creditVerbs(tables),
  ...eventVerbs(tables),
  ...paymentVerbs(tables, held),
  ...planVerbs(tables),
  ...receiptVerbs(tables),
  ...sessionVerbs(tables),
  ...signInVerbs(tables),
  ...trialVerbs(tables),
  ...userVerbs(tables),
})

function transactionVerbs(tables: Tables): Verbs<StoreTransaction> {
  const held: HeldAccounts = new Set()
  return {
    ...storeVerbs(tables, held),
    ...lockedAccountVerbs(tables, held),
    ...eventTransactionVerbs(tables, held),
    ...receiptTransactionVerbs(tables, held),
  }
}

/** As a database does: a verb that failed dooms its transaction, even if `work` went on, and none works after the end. */
async function runTransaction<Result>(verbs: Verbs<StoreTransaction>, work: (tx: StoreTransaction) => Promise<Result>): Promise<Result> {
  const failures: unknown[] = []
  let hasEnded = false
  const run: Run = async (verb) => {
    invariant(!hasEnded, 'the transaction has ended')
    try {
      return verb()
    } catch (error) {
      failures.push(error)
      throw error
    }
  }
  try {
    const result = await work(operations(verbs, run))
    if (failures.length > 0) throw failures[0]
    return result
  } finally {
    hasEnded = true
  }
}
