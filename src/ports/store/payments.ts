import type { PaymentMethod } from '../../domain/account.js'
import type { Payment, PaymentStatus } from '../../domain/payment.js'
import type { Position } from './position.js'

/** Questions and guarded changes about payments. */
export interface PaymentOperations {
  findPayment(paymentId: string): Promise<RecordedPayment | null>
  /** Newest first; of one account, or of all. */
  listPayments(page: {
    accountId: string | null
    status: PaymentStatus | null
    before: Position | null
    limit: number
  }): Promise<readonly Payment[]>
  /**
   * Binds an external payment, for ever and across all accounts, to one payment of ours; waits for a concurrent claim of the same.
   * `externalPaymentId` is in its canonical spelling. Answers whose it is: ours now, or the one that was first.
   */
  claimPaymentReference(claim: PaymentReference): Promise<PaymentReference>
  /** Whose an external payment is, in its canonical spelling; `null` when nobody has claimed it. */
  findPaymentReference(external: Pick<PaymentReference, 'method' | 'externalPaymentId'>): Promise<PaymentReference | null>
  /** The newest bank transfer of the account that is `requested` or `submitted`. */
  findOpenTransfer(accountId: string): Promise<RecordedPayment | null>
  /** The payments of these accounts that are `requested` or `submitted` and have a due date, by account, then by due date and id. */
  listExpectedPayments(accountIds: readonly string[]): Promise<readonly Payment[]>
  /** The payment for which a transfer reference was claimed, in its canonical spelling. */
  findTransferByReference(reference: string): Promise<RecordedPayment | null>
  /**
   * Gives a payment its transfer reference, across all accounts and for ever. `false` when it is another's; then nothing was written. Waits
   * for a concurrent claim of the same.
   */
  claimTransferReference(claim: TransferReference): Promise<boolean>
  /** Adds a payment, or replaces the one of the same id. Only for a transaction that has locked the account. */
  savePayment(payment: RecordedPayment): Promise<void>
}

/** Which payment of ours an external payment is. */
export interface PaymentReference {
  readonly method: PaymentMethod
  readonly externalPaymentId: string
  readonly accountId: string
  readonly paymentId: string
}

/** Which payment a customer means who writes a reference on a transfer. */
export interface TransferReference {
  readonly reference: string
  readonly accountId: string
  readonly paymentId: string
}

/** A payment with what only tenantry needs to answer a repeated confirmation. */
export interface RecordedPayment {
  readonly payment: Payment
  /** A hash of the confirmation's content; `null` until it is confirmed. */
  readonly fingerprint: string | null
  /** What the confirmation answered, as JSON; `null` until it is confirmed. */
  readonly outcome: string | null
}
