import { compareText } from '../../domain/ledger.js'
import { invariant } from '../../errors.js'
import type { PaymentOperations, RecordedPayment } from '../../ports/store/payments.js'
import { expectedPayments } from './expected-payments.js'
import { placeInTime } from './groups.js'
import { type HeldAccounts, mustHold } from './locked-accounts.js'
import { compound } from './table.js'
import { everything, type Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** Questions and changes about payments. */
export const paymentVerbs = (tables: Tables, held: HeldAccounts): Verbs<PaymentOperations> => ({
  findPayment: (paymentId) => tables.payments.find(paymentId),
  listPayments({ accountId, status, before, limit }) {
    const [payments, group] = accountId === null ? [tables.paymentsInTime, everything] : [tables.paymentsOfAccount, accountId]
    const page = { before: before && placeInTime(before), limit }
    return payments.descending(group, page, ({ payment }) => status === null || payment.status === status).map(({ payment }) => payment)
  },
  claimPaymentReference(claim) {
    const first = tables.paymentReferences.find(compound(claim.method, claim.externalPaymentId))
    if (first !== null) return first
    tables.paymentReferences.add(claim)
    return claim
  },
  findPaymentReference: ({ method, externalPaymentId }) => tables.paymentReferences.find(compound(method, externalPaymentId)),
  findOpenTransfer(accountId) {
    const [newest] = tables.paymentsOfAccount.descending(accountId, { before: null, limit: 1 }, isOpenTransfer)
    return newest ?? null
  },
  listExpectedPayments: (accountIds) => [...accountIds].sort(compareText).flatMap((accountId) => expectedPayments(tables, accountId)),
  findTransferByReference(reference) {
    const claim = tables.transferReferences.find(reference)
    return claim && tables.payments.find(claim.paymentId)
  },
  claimTransferReference(claim) {
    if (tables.transferReferences.find(claim.reference) !== null) return false
    tables.transferReferences.add(claim)
    return true
  },
  savePayment(recorded) {
    const { accountId, planId } = recorded.payment
    mustHold(held, accountId)
    invariant(planId === null || tables.plans.find(planId) !== null, 'a payment needs its plan')
    tables.payments.put(recorded)
  },
})

const isOpenTransfer = ({ payment: { method, status } }: RecordedPayment): boolean =>
  method === 'bank_transfer' && (status === 'requested' || status === 'submitted')
