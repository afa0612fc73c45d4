import { emptyLedger, type Grant, grant, type Ledger, type Stamp } from '../../src/domain/ledger.js'
import type { Reservation } from '../../src/domain/reservation.js'
import { endReservation, type ReservationEnd, type ReserveRequest, reserve } from '../../src/domain/reserve.js'
import { settle } from '../../src/domain/settlement.js'
import { samples } from '../../src/testing/samples.js'
import { sequentialIds } from '../../src/testing/sequential-ids.js'

/** The moment of all grants. */
export const start = new Date('2026-01-31T10:20:30.123Z')
/** So many milliseconds later. */
export const at = (milliseconds: number): Date => new Date(start.getTime() + milliseconds)

const newId = sequentialIds()
/** That moment, with ids. */
export const stamp = (milliseconds = 0): Stamp => ({ now: at(milliseconds), newId })

/** A ledger with these lots. */
export const ledgerOf = (...grants: readonly Partial<Grant>[]): Ledger =>
  grants.reduce<Ledger>(
    (ledger, content, index) => grant(ledger, samples.grant({ idempotencyKey: `grant-${index}`, ...content }), stamp()),
    emptyLedger('account-1'),
  )

/** What a reservation is for; it lasts for a tenth of a second. */
export const work = { idempotencyKey: 'work', operation: 'video.render', description: 'Renders a video', expiresAt: at(100) }

/** With credits set aside, a millisecond later. */
export const reserved = (ledger: Ledger, amount: number, more: Partial<ReserveRequest> = {}): Ledger =>
  reserve(ledger, { ...work, amount, ...more }, stamp(1))

/** The only open reservation. */
export const openOf = ({ reservations }: Ledger): Reservation => {
  const open = reservations.find(({ status }) => status === 'open')
  if (open === undefined) throw new Error('no reservation is open')
  return open
}

const ended = (ledger: Ledger, status: ReservationEnd['status'], actual: number, milliseconds: number): Ledger => {
  const { ledger: due } = settle(ledger, null, stamp(milliseconds))
  return endReservation(due, openOf(due), { status, actual, at: at(milliseconds) }, stamp(milliseconds))
}
/** With that reservation settled, after so many milliseconds. */
export const settled = (ledger: Ledger, actual: number, milliseconds = 2): Ledger => ended(ledger, 'settled', actual, milliseconds)
/** With that reservation released. */
export const released = (ledger: Ledger, milliseconds = 2): Ledger => ended(ledger, 'released', 0, milliseconds)
/** As it is after so many milliseconds. */
export const passed = (ledger: Ledger, milliseconds: number): Ledger => settle(ledger, null, stamp(milliseconds)).ledger

/** What is left and what is set aside of each lot. */
export const held = ({ lots }: Ledger) => lots.map(({ remaining, reserved }) => [remaining, reserved])
/** Type, amount and balance of each entry from the one at `from` on. */
export const moves = ({ entries }: Ledger, from: number) =>
  entries.slice(from).map(({ type, amount, balanceAfter }) => [type, amount, balanceAfter])
