import { type BookFault, fault, impossible } from './tampering.js'

/** What can be wrong with lots. */
export const lotFaults: readonly BookFault[] = [
  fault(
    'a lot with more left than there was',
    [{ lot: 'pack', set: { granted: 101, remaining: 101 } }],
    ['lot_has_its_entry', 'entry 2, pack', 100, 101],
    ['balance_is_sum_of_lots', '', 1854, 1853],
  ),
  fault('a lot with more left than it has', [{ lot: 'trial', set: { remaining: 1900 } }], ['balance_is_sum_of_lots', '', 2023, 1853]),
  fault('a lot with less left than it has', [{ lot: 'pack', set: { remaining: 99 } }], ['balance_is_sum_of_lots', '', 1852, 1853]),
  impossible(
    'a lot with less left than nothing',
    [{ lot: 'pack', set: { remaining: -1 } }],
    ['lot_within_grant', 'pack', 100, -1],
    ['balance_is_sum_of_lots', '', 1752, 1853],
  ),
  fault(
    'a lot that is back after it has expired',
    [{ lot: 'promotion', set: { remaining: 60, expiresAt: null } }],
    ['lot_within_grant', 'promotion', 60, 120],
    ['balance_is_sum_of_lots', '', 1913, 1853],
  ),
  fault('a missing lot', [{ lot: 'gift', set: null }], ['grant_has_its_lot', 'entry 14', 5, 0], ['balance_is_sum_of_lots', '', 1848, 1853]),
  fault(
    'a lot that nothing has granted',
    [{ lot: 'pack', copiedAs: { id: 'stray' } }],
    ['lot_has_its_entry', 'stray', 0, 100],
    ['balance_is_sum_of_lots', '', 1953, 1853],
  ),
  fault(
    'a lot of another type than its entry',
    [{ lot: 'pack', set: { type: 'promotion' } }],
    ['grant_has_its_lot', 'entry 2', 100, 0],
    ['lot_has_its_entry', 'pack', 0, 100],
  ),
  fault(
    'a grant without its entry',
    [{ entry: 14, set: { type: 'usage', amount: -5 } }],
    ['entries_chain', 'entry 14', 1855, 1865],
    ['balance_is_sum_of_entries', '', 1843, 1853],
    ['lot_has_its_entry', 'gift', 0, 5],
  ),
  fault(
    'a lot with less set aside than reservations hold',
    [{ lot: 'trial', set: { reserved: 39 } }],
    ['lots_hold_reservations', 'trial', 40, 39],
  ),
  fault(
    'a lot with more set aside than reservations hold',
    [{ lot: 'trial', set: { reserved: 41 } }],
    ['lots_hold_reservations', 'trial', 40, 41],
  ),
  fault(
    'an expiration of no lot',
    [{ entry: 13, set: { metadata: { lotId: 'nowhere' } } }],
    ['expiration_has_its_lot', 'entry 13', 0, -60],
  ),
]

/** What can be wrong with reservations. */
export const reservationFaults: readonly BookFault[] = [
  fault(
    'a missing reservation',
    [{ reservation: 'open', set: null }],
    ['entry_has_its_reservation', 'entry 10, open', 0, -40],
    ['lots_hold_reservations', 'trial', 0, 40],
  ),
  fault(
    'a missing reservation that has ended',
    [{ reservation: 'settled', set: null }],
    ['entry_has_its_reservation', 'entry 7, settled', 0, -20],
    ['entry_has_its_reservation', 'entry 6, settled', 0, 50],
    ['entry_has_its_reservation', 'entry 5, settled', 0, -50],
  ),
  fault('an open reservation without its entry', [{ entry: 10, set: { type: 'usage' } }], ['reservation_has_its_entry', 'open', 0, 40]),
  fault(
    'a reservation of another amount than its entry',
    [{ reservation: 'released', set: { amount: 11 } }],
    ['reservation_is_its_parts', 'released', 11, 10],
    ['reservation_has_its_entry', 'released', 10, 11],
    ['reservation_end_is_entered', 'released', 11, 10],
  ),
  {
    name: 'a reservation with parts of another sum',
    tampering: ({ lots }) => [{ reservation: 'open', set: { parts: [{ lotId: lots.trial, amount: 39 }] } }],
    problems: [
      ['lots_hold_reservations', 'trial', 39, 40],
      ['reservation_is_its_parts', 'open', 40, 39],
    ],
  },
  fault(
    'a reservation with a part of no lot',
    [{ reservation: 'released', set: { parts: [{ lotId: 'nowhere', amount: 10 }] } }],
    ['reservation_is_its_parts', 'released, nowhere', 0, 10],
  ),
  fault(
    'a reservation that has ended without a release',
    [{ reservation: 'open', set: { status: 'released', closedAt: new Date('2026-01-01T02:00:00Z'), balanceAtClose: 1920 } }],
    ['lots_hold_reservations', 'trial', 0, 40],
    ['reservation_end_is_entered', 'open', 40, 0],
  ),
  fault(
    'a reservation that is open again',
    [{ reservation: 'released', set: { status: 'open', closedAt: null, balanceAtClose: null } }],
    ['lots_hold_reservations', 'trial', 50, 40],
    ['reservation_end_is_entered', 'released', 0, 10],
  ),
  fault(
    'a settled reservation at another cost than its entry',
    [{ reservation: 'settled', set: { actual: 19 } }],
    ['reservation_end_is_entered', 'settled', 19, 20],
  ),
  fault(
    'a reservation with another balance at its end',
    [{ reservation: 'settled', set: { balanceAtClose: 1941 } }],
    ['reservation_end_is_entered', 'settled', 1940, 1941],
  ),
]

/** What can be wrong with refunds. */
export const refundFaults: readonly BookFault[] = [
  fault(
    'refunds of more than was spent',
    [{ entry: 4, set: { amount: -29 } }],
    ['refunds_within_spend', 'entry 4', 29, 30],
    ['entries_chain', 'entry 4', 2131, 1960],
    ['balance_is_sum_of_entries', '', 2024, 1853],
  ),
  fault(
    'a refund of an entry that is not there',
    [{ entry: 8, set: { refundsEntryId: 'nowhere' } }],
    ['refund_has_its_spend', 'entry 8', 0, 30],
  ),
  {
    name: 'a refund of a grant',
    tampering: ({ lots }) => [{ entry: 8, set: { refundsEntryId: lots.pack } }],
    problems: [['refund_has_its_spend', 'entry 8', 0, 30]],
  },
  impossible('a refund of nothing', [{ entry: 8, set: { refundsEntryId: null } }], ['refund_has_its_spend', 'entry 8', 0, 30]),
]
