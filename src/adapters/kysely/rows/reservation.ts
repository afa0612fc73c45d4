import type { Reservation } from '../../../domain/reservation.js'
import { selection } from '../selections.js'
import type { NewRow, Row } from '../tables.js'
import { asFound, exact, ifAny, type Reading } from './values.js'

/** The columns of a reservation in a joined statement. */
export const reservationSelection = selection<Row<'tenantry_credit_reservation'>>('reservation', {
  id: 'plain',
  account_id: 'plain',
  status: 'plain',
  amount: 'integer',
  actual: 'integer',
  operation: 'plain',
  user_id: 'plain',
  api_key_id: 'plain',
  metadata: 'plain',
  parts: 'plain',
  expires_at: 'moment',
  created_at: 'moment',
  closed_at: 'moment',
  balance_at_close: 'integer',
})

const reservationReader =
  ({ integer, moment, object, list }: Reading) =>
  (row: Row<'tenantry_credit_reservation'>): Reservation => ({
    id: row.id,
    accountId: row.account_id,
    status: row.status,
    amount: integer(row.amount),
    actual: ifAny(row.actual, integer),
    operation: row.operation,
    userId: row.user_id,
    apiKeyId: row.api_key_id,
    metadata: object(row.metadata),
    parts: list(row.parts),
    expiresAt: moment(row.expires_at),
    createdAt: moment(row.created_at),
    closedAt: ifAny(row.closed_at, moment),
    balanceAtClose: ifAny(row.balance_at_close, integer),
  })

/** The reservation that a row holds. */
export const toReservation = reservationReader(exact)

/** The reservation that a row holds, as it is found. */
export const reservationAsFound = reservationReader(asFound)

/** The row of a reservation. */
export function reservationRow(reservation: Reservation): NewRow<'tenantry_credit_reservation'> {
  return {
    account_id: reservation.accountId,
    id: reservation.id,
    status: reservation.status,
    amount: reservation.amount,
    actual: reservation.actual,
    operation: reservation.operation,
    user_id: reservation.userId,
    api_key_id: reservation.apiKeyId,
    metadata: JSON.stringify(reservation.metadata),
    parts: JSON.stringify(reservation.parts),
    expires_at: reservation.expiresAt,
    created_at: reservation.createdAt,
    closed_at: reservation.closedAt,
    balance_at_close: reservation.balanceAtClose,
  }
}
