import { z } from 'zod'
import { addSeconds } from '../../domain/calendar.js'
import type { Ledger, Stamp } from '../../domain/ledger.js'
import type { Reservation } from '../../domain/reservation.js'
import { reserve } from '../../domain/reserve.js'
import { invariant, TenantryError } from '../../errors.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { lockAccount, requireOpenAccount } from '../accounts/account-status.js'
import type { Context } from '../context.js'
import { fingerprint } from '../fingerprint.js'
import { parseInput } from '../parse-input.js'
import { credits, id, idempotencyKey, integer, line, metadata } from '../schemas.js'
import { saveChange, settleState, stampOf } from './change-ledger.js'

/** How many reservations of an account are open at a time. */
const maxOpenReservations = 1000

const Input = z.strictObject({
  accountId: id,
  /** Credits: a positive integer; the most the work may cost. */
  amount: credits,
  idempotencyKey,
  /** What they are set aside for, in the host's words. */
  operation: line(100),
  /** After so many seconds, 1 to 90 days, they are the account's again, whether or not a job has run. */
  ttlSeconds: integer(1, 90 * 86_400),
  /** Who uses them, for reports. */
  userId: id.optional(),
  /** With which key they are used, for reports. */
  apiKeyId: id.optional(),
  metadata: metadata.optional(),
})

/** What `reserveCredits` takes. */
export type ReserveCreditsInput = z.input<typeof Input>
/** What `reserveCredits`, `settleReservation` and `releaseReservation` answer. */
export interface ReservationResult {
  readonly reservation: Reservation
  /** The balance right after it, in credits. */
  readonly balance: number
  /** `true` when this was done before: nothing was done again, this is the first answer. */
  readonly replayed: boolean
}
/** What `reserveCredits` answers. */
export type ReserveCreditsResult = ReservationResult

/** See {@link Tenantry.reserveCredits}. */
export async function reserveCredits(context: Context, input: ReserveCreditsInput): Promise<ReserveCreditsResult> {
  const request = parseInput(Input, input)
  return context.store.transaction((tx) => reserveHeld(context, tx, request))
}

type Request = z.output<typeof Input>

async function reserveHeld(context: Context, tx: StoreTransaction, request: Request): Promise<ReservationResult> {
  const { accountId, idempotencyKey: key, ttlSeconds, ...content } = request
  const held = await lockAccount(tx, accountId)
  const asked = fingerprint({ type: 'reserveCredits', ttlSeconds, ...content })
  const recorded = await tx.findCreditEntryByKey({ accountId, idempotencyKey: key })
  if (recorded !== null) {
    if (recorded.fingerprint !== asked) throw new TenantryError('idempotency_mismatch', { idempotencyKey: key })
    return replayReservation(tx, recorded.entry.id, recorded.entry.balanceAfter)
  }
  requireOpenAccount(held.account)
  const stamp = stampOf(context, context.clock())
  const settled = settleState(held, stamp)
  const ledger = setAside(settled.ledger, request, stamp)
  const reservation = ledger.reservations.at(-1)
  invariant(reservation !== undefined, 'a reservation that was made is in the ledger')
  await saveChange(context, tx, held, { ledger, subscription: settled.subscription, fingerprints: { [reservation.id]: asked } })
  return { reservation, balance: ledger.balance, replayed: false }
}

function setAside(ledger: Ledger, { accountId, ttlSeconds, operation, ...request }: Request, stamp: Stamp): Ledger {
  const { amount } = request
  requireFewOpen(ledger)
  if (ledger.balance < amount) throw new TenantryError('insufficient_credits', { accountId, requested: amount, balance: ledger.balance })
  const content = { operation, description: operation, metadata: request.metadata ?? {} }
  const people = { userId: request.userId ?? null, apiKeyId: request.apiKeyId ?? null }
  const expiresAt = addSeconds(stamp.now, ttlSeconds)
  return reserve(ledger, { ...content, ...people, amount, idempotencyKey: request.idempotencyKey, expiresAt }, stamp)
}

/** Whatever locks the account reads all its open reservations. */
function requireFewOpen({ accountId, reservations }: Ledger): void {
  if (reservations.filter(({ status }) => status === 'open').length < maxOpenReservations) return
  const message = `The account has ${maxOpenReservations} open reservations, as many as it may have. Settle or release some.`
  throw new TenantryError('limit_reached', { accountId, limit: 'openReservations', max: maxOpenReservations }, { message })
}

/** The first answer shows the reservation as it was made, whatever has become of it. */
async function replayReservation(tx: StoreTransaction, reservationId: string, balance: number): Promise<ReservationResult> {
  const found = await tx.findReservation(reservationId)
  invariant(found !== null, 'the entry of a reservation has its reservation')
  return { reservation: { ...found, status: 'open', actual: null, closedAt: null, balanceAtClose: null }, balance, replayed: true }
}
