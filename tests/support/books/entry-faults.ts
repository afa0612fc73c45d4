import { type BookFault, fault, impossible } from './tampering.js'

/** What can be wrong with entries. */
export const entryFaults: readonly BookFault[] = [
  fault(
    'a changed amount',
    [{ entry: 4, set: { amount: -201 } }],
    ['entries_chain', 'entry 4', 1959, 1960],
    ['balance_is_sum_of_entries', '', 1852, 1853],
  ),
  fault(
    'a changed balance of an entry',
    [{ entry: 4, set: { balanceAfter: 1961 } }],
    ['entries_chain', 'entry 5', 1911, 1910],
    ['entries_chain', 'entry 4', 1960, 1961],
  ),
  fault(
    'a changed amount and all balances after it',
    [{ entry: 16, set: { amount: -8, balanceAfter: 1852 } }, { account: { balance: 1852 } }],
    ['unsettled_spend_is_recent', '', 13, 12],
    ['balance_is_sum_of_lots', '', 1853, 1852],
  ),
  fault(
    'an entry that is missing in the middle',
    [{ entry: 9, set: null }],
    ['entries_are_numbered', 'entry 8', 9, 8],
    ['entries_chain', 'entry 10', 1930, 1920],
    ['balance_is_sum_of_entries', '', 1863, 1853],
  ),
  fault(
    'a missing newest entry',
    [{ entry: 16, set: null }],
    ['entries_are_numbered', 'entry 15', 16, 15],
    ['entries_chain', '', 1860, 1853],
    ['balance_is_sum_of_entries', '', 1860, 1853],
    ['unsettled_spend_is_recent', '', 5, 12],
  ),
  fault(
    'a missing oldest entry',
    [{ entry: 1, set: null }],
    ['entries_are_numbered', '', 0, 1],
    ['entries_chain', 'entry 2', 100, 2100],
    ['balance_is_sum_of_entries', '', -147, 1853],
    ['lot_has_its_entry', 'trial', 0, 2000],
  ),
  impossible(
    'an entry that is there twice',
    [{ entry: 9, copiedAs: {} }],
    ['entries_are_numbered', 'entry 9', 8, 9],
    ['entries_chain', 'entry 9', 1950, 1960],
    ['balance_is_sum_of_entries', '', 1843, 1853],
    ['keys_are_unique', 'entry 9', 1, 2],
  ),
  impossible(
    'an entry that is there again under a number of its own',
    [{ entry: 15, copiedAs: { id: 'copy', sequence: 17 } }],
    ['entries_are_numbered', 'entry 17', 16, 17],
    ['entries_chain', '', 1860, 1853],
    ['entries_chain', 'entry 17', 1848, 1860],
    ['balance_is_sum_of_entries', '', 1848, 1853],
    ['keys_are_unique', 'entry 17', 1, 2],
  ),
  impossible('two entries with one key', [{ entry: 15, set: { idempotencyKey: 'spend-1' } }], ['keys_are_unique', 'entry 15', 1, 2]),
  fault(
    'use that gives credits',
    [{ entry: 15, set: { amount: 5 } }],
    ['entry_has_its_sign', 'entry 15', -1, 5],
    ['entries_chain', 'entry 15', 1870, 1860],
    ['balance_is_sum_of_entries', '', 1863, 1853],
    ['unsettled_spend_is_recent', '', 2, 12],
  ),
  fault(
    'a grant that takes credits',
    [{ entry: 2, set: { amount: -100 } }],
    ['entry_has_its_sign', 'entry 2', 1, -100],
    ['lot_has_its_entry', 'entry 2, pack', -100, 100],
    ['entries_chain', 'entry 2', 1900, 2100],
    ['balance_is_sum_of_entries', '', 1653, 1853],
  ),
  fault(
    'a spend of another type',
    [{ entry: 16, set: { type: 'expiration', metadata: {} } }],
    ['expiration_has_its_lot', 'entry 16', 0, -7],
    ['unsettled_spend_is_recent', '', 0, 12],
  ),
  impossible(
    'an adjustment of nothing',
    [{ entry: 9, set: { amount: 0 } }],
    ['entry_has_its_sign', 'entry 9', 1, 0],
    ['entries_chain', 'entry 9', 1970, 1960],
    ['balance_is_sum_of_entries', '', 1863, 1853],
  ),
  impossible(
    'a balance below zero after an entry',
    [{ entry: 9, set: { balanceAfter: -1 } }],
    ['balance_is_not_negative', 'entry 9', 0, -1],
    ['entries_chain', 'entry 10', -41, 1920],
    ['entries_chain', 'entry 9', 1960, -1],
  ),
]

/** What can be wrong with the account itself. */
export const accountFaults: readonly BookFault[] = [
  fault(
    'a wrong balance',
    [{ account: { balance: 1854 } }],
    ['entries_chain', '', 1853, 1854],
    ['balance_is_sum_of_entries', '', 1853, 1854],
    ['balance_is_sum_of_lots', '', 1853, 1854],
  ),
  impossible(
    'a balance below zero',
    [{ account: { balance: -1 } }],
    ['entries_chain', '', 1853, -1],
    ['balance_is_sum_of_entries', '', 1853, -1],
    ['balance_is_not_negative', '', 0, -1],
    ['balance_is_sum_of_lots', '', 1853, -1],
  ),
  fault('a count of entries that is too high', [{ account: { sequence: 17 } }], ['entries_are_numbered', 'entry 16', 17, 16]),
  fault('a count of entries that is too low', [{ account: { sequence: 15 } }], ['entries_are_numbered', 'entry 16', 15, 16]),
  fault(
    'a spend that no lot has paid for',
    [{ account: { unsettledSpend: 13 } }],
    ['unsettled_spend_is_recent', '', 12, 13],
    ['balance_is_sum_of_lots', '', 1852, 1853],
  ),
  fault('a spend that a lot has paid for twice', [{ account: { unsettledSpend: 0 } }], ['balance_is_sum_of_lots', '', 1865, 1853]),
  fault(
    'a settlement that comes too late',
    [{ account: { settlesAt: new Date('2026-01-02T00:00:00.001Z') } }],
    ['settles_in_time', '', 1767312000000, 1767312000001],
  ),
  fault('a settlement that never comes', [{ account: { settlesAt: null } }], ['settles_in_time', '', 1767312000000, 0]),
]
