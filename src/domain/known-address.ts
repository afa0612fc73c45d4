import { addDays } from './calendar.js'

/** From where a person has signed in. */
export interface KnownAddress {
  /** Its place among the person's known addresses, from 0 to {@link knownAddressesPerPerson} - 1. */
  readonly slot: number
  /** A keyed hash of the client, see {@link clientKey}, in hexadecimal. */
  readonly hash: string
  readonly lastSeenAt: Date
}

/** So many addresses are known of a person at most; a new one takes the place of that which was seen longest ago. */
export const knownAddressesPerPerson = 20

/** The address with that hash, if it was seen within `days`. */
export function findKnownAddress(known: readonly KnownAddress[], hash: string, days: number, now: Date): KnownAddress | null {
  return known.find((address) => address.hash === hash && addDays(address.lastSeenAt, days) > now) ?? null
}

/** Where an address is kept: in its own place, a free one, or that of the address which was seen longest ago. */
export function slotFor(known: readonly KnownAddress[], hash: string): number {
  const own = known.find((address) => address.hash === hash)
  if (own !== undefined) return own.slot
  const taken = new Set(known.map(({ slot }) => slot))
  const free = Array.from({ length: knownAddressesPerPerson }, (_, slot) => slot).find((slot) => !taken.has(slot))
  return free ?? known.reduce((oldest, address) => (address.lastSeenAt < oldest.lastSeenAt ? address : oldest)).slot
}
