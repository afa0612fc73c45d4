import { z } from 'zod'
import type { Reservation } from '../../domain/reservation.js'
import { endReservation, type ReservationEnd } from '../../domain/reserve.js'
import { invariant, TenantryError } from '../../errors.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { lockAccount } from '../accounts/account-status.js'
import type { Context } from '../context.js'
import { invalidInput, parseInput } from '../parse-input.js'
import { id, integer } from '../schemas.js'
import { saveChange, settleState, stampOf } from './change-ledger.js'
import type { ReservationResult } from './reserve-credits.js'

const SettleInput = z.strictObject({
  reservationId: id,
  /** What the work has cost, in credits: 0 to the amount reserved. */
  actual: integer(0),
})
const ReleaseInput = z.strictObject({ reservationId: id })

/** What `settleReservation` takes. */
export type SettleReservationInput = z.input<typeof SettleInput>
/** What `settleReservation` answers. */
export type SettleReservationResult = ReservationResult
/** What `releaseReservation` takes. */
export type ReleaseReservationInput = z.input<typeof ReleaseInput>
/** What `releaseReservation` answers. */
export type ReleaseReservationResult = ReservationResult

/** See {@link Tenantry.settleReservation}. */
export async function settleReservation(context: Context, input: SettleReservationInput): Promise<SettleReservationResult> {
  const { reservationId, actual } = parseInput(SettleInput, input)
  return end(context, reservationId, { status: 'settled', actual })
}

/** See {@link Tenantry.releaseReservation}. */
export async function releaseReservation(context: Context, input: ReleaseReservationInput): Promise<ReleaseReservationResult> {
  const { reservationId } = parseInput(ReleaseInput, input)
  return end(context, reservationId, { status: 'released', actual: 0 })
}

type Wish = Pick<ReservationEnd, 'status' | 'actual'>

async function end(context: Context, reservationId: string, wish: Wish): Promise<ReservationResult> {
  const found = await context.store.findReservation(reservationId)
  if (found === null) throw new TenantryError('reservation_not_found', { reservationId })
  if (wish.actual > found.amount) throw invalidInput([{ path: 'actual', message: `must be at most ${found.amount}, the amount reserved` }])
  if (found.status !== 'open') return replayEnd(found, wish)
  return context.store.transaction((tx) => endHeld(context, tx, found, wish))
}

async function endHeld(
  context: Context,
  tx: StoreTransaction,
  { id: reservationId, accountId }: Reservation,
  wish: Wish,
): Promise<ReservationResult> {
  const held = await lockAccount(tx, accountId)
  const stamp = stampOf(context, context.clock())
  const settled = settleState(held, stamp)
  const reservation = settled.ledger.reservations.find(({ id }) => id === reservationId) ?? (await tx.findReservation(reservationId))
  invariant(reservation !== null, 'a reservation is never deleted')
  if (reservation.status !== 'open') return replayEnd(reservation, wish)
  const ledger = endReservation(settled.ledger, reservation, { ...wish, at: stamp.now }, stamp)
  await saveChange(context, tx, held, { ledger, subscription: settled.subscription })
  const closed = ledger.reservations.find(({ id }) => id === reservationId)
  invariant(closed !== undefined, 'a reservation that has ended is in the ledger')
  return { reservation: closed, balance: ledger.balance, replayed: false }
}

/** The same end again is the first answer; another one came too late. */
function replayEnd(reservation: Reservation, wish: Wish): ReservationResult {
  const isSame = reservation.status === wish.status && (reservation.actual ?? 0) === wish.actual
  if (!isSame) throw new TenantryError('reservation_closed', { reservationId: reservation.id, status: reservation.status })
  return { reservation, balance: reservation.balanceAtClose ?? 0, replayed: true }
}
