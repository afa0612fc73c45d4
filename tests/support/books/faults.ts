import { accountFaults, entryFaults } from './entry-faults.js'
import { lotFaults, refundFaults, reservationFaults } from './lot-faults.js'
import type { BookFault } from './tampering.js'

/** Every fault, each with what is to be found. */
export const bookFaults: readonly BookFault[] = [...entryFaults, ...accountFaults, ...lotFaults, ...reservationFaults, ...refundFaults]
