/** How a reservation stands. `open` is the only state that is left, and it is left once. */
export type ReservationStatus = 'open' | 'settled' | 'released' | 'expired'

/** Every {@link ReservationStatus}. */
export const reservationStatuses = ['open', 'settled', 'released', 'expired'] as const satisfies readonly ReservationStatus[]

/** What a reservation has set aside of one lot. */
export interface ReservedPart {
  readonly lotId: string
  readonly amount: number
}

/** Credits set aside for work of unknown cost. It bears the id of the entry that set them aside. */
export interface Reservation {
  readonly id: string
  readonly accountId: string
  readonly status: ReservationStatus
  /** Credits set aside. */
  readonly amount: number
  /** Credits that the work has cost in the end; `null` until it is settled. */
  readonly actual: number | null
  /** What the work is, in the host's words. */
  readonly operation: string
  readonly userId: string | null
  readonly apiKeyId: string | null
  readonly metadata: Readonly<Record<string, unknown>>
  /** Which lots the credits are from, in the order in which they are used up. */
  readonly parts: readonly ReservedPart[]
  /** From this instant on the credits are the account's again, whether or not a job has run. */
  readonly expiresAt: Date
  readonly createdAt: Date
  readonly closedAt: Date | null
  /** The balance right after it was closed, in credits. */
  readonly balanceAtClose: number | null
}

/** How much of each part is used when `actual` is used of all: the first parts are used up first. */
export function usedParts(parts: readonly ReservedPart[], actual: number): (ReservedPart & { readonly used: number })[] {
  let left = actual
  return parts.map((part) => {
    const used = Math.min(left, part.amount)
    left -= used
    return { ...part, used }
  })
}
