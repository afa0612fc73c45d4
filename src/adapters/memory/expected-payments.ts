import { compareText } from '../../domain/ledger.js'
import type { Payment } from '../../domain/payment.js'
import type { Tables } from './tables.js'

/** The payments of an account that should come, the first that is due first. */
export function expectedPayments(tables: Tables, accountId: string): Payment[] {
  const payments = tables.paymentsOfAccount.ascending(accountId).map(({ payment }) => payment)
  return payments.filter(isExpected).sort((a, b) => compareText(placeOf(a), placeOf(b)))
}

const isExpected = ({ status, dueAt }: Payment): boolean => dueAt !== null && (status === 'requested' || status === 'submitted')

const placeOf = ({ dueAt, id }: Payment): string => `${dueAt?.toISOString()} ${id}`
