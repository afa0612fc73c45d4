import type { AccessOperations } from './access.js'
import type { AccountOperations, LockedAccountOperations } from './accounts.js'
import type { ApiKeyOperations } from './api-keys.js'
import type { AuditOperations } from './audit.js'
import type { BookReader } from './books.js'
import type { CreditOperations } from './credits.js'
import type { EventOperations, EventTransactionOperations } from './events.js'
import type { PaymentOperations } from './payments.js'
import type { PlanOperations } from './plans.js'
import type { ReceiptOperations, ReceiptTransactionOperations } from './receipts.js'
import type { SessionOperations } from './sessions.js'
import type { SignInOperations } from './sign-ins.js'
import type { TrialOperations } from './trials.js'
import type { UserOperations } from './users.js'

/**
 * What tenantry asks of a database, inside and outside a transaction.
 *
 * Each verb is one atomic step. One that changes a row carries its own guard and answers `null` (or `false`) when the guard did not hold.
 * No verb reads a clock or makes an id: both arrive in its argument. A refusal is an answer; only a failing database throws, and then a
 * `TenantryError` of code `conflict`, `store_unavailable` or `outcome_unknown`, with the driver's error as its cause.
 */
export interface StoreOperations
  extends AccessOperations,
    AccountOperations,
    ApiKeyOperations,
    AuditOperations,
    CreditOperations,
    EventOperations,
    PaymentOperations,
    PlanOperations,
    ReceiptOperations,
    SessionOperations,
    SignInOperations,
    TrialOperations,
    UserOperations {}

/** The store inside a transaction. Only here can an account be held and changed. There is no transaction within a transaction. */
export interface StoreTransaction
  extends StoreOperations,
    LockedAccountOperations,
    EventTransactionOperations,
    ReceiptTransactionOperations {}

/** The store outside a transaction. Only here can one be opened. */
export interface Store extends StoreOperations {
  /**
   * Runs `work` so that all of it happens or, if it throws, none of it. Inside use the argument only: the outer store may wait for this
   * very transaction to end. `work` may run again when the database asks for it (serialization failure, deadlock), so it must have no
   * effect but on the store.
   */
  transaction<Result>(work: (tx: StoreTransaction) => Promise<Result>): Promise<Result>
  /** Runs `work` on the books as they are at one moment; it sees no change that comes later and hinders nobody. */
  snapshot<Result>(work: (books: BookReader) => Promise<Result>): Promise<Result>
}
