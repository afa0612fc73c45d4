import type { AccountBook, BookProblem, CreditEntry, CreditLot, Reservation } from 'tenantry'
import type { RichAccount } from './rich-account.js'

type LotName = keyof RichAccount['lots']
type ReservationName = keyof RichAccount['reservations']

/** One thing that somebody does to the books behind the library's back; `null` takes a row away. */
export type Tampering =
  | { readonly entry: number; readonly set: Partial<CreditEntry> | null }
  | { readonly entry: number; readonly copiedAs: Partial<CreditEntry> }
  | { readonly lot: LotName; readonly set: Partial<CreditLot> | null }
  | { readonly lot: LotName; readonly copiedAs: Partial<CreditLot> }
  | { readonly reservation: ReservationName; readonly set: Partial<Reservation> | null }
  | { readonly account: Partial<Pick<AccountBook, 'balance' | 'sequence' | 'unsettledSpend' | 'settlesAt'>> }

/** A problem as the table writes it: the rule, where, and the figures expected and found. */
export type Shown = readonly [invariant: BookProblem['invariant'], where: string, expected: number | string, found: number | string]

/** Something wrong with the books of a {@link RichAccount}, and what is to be said of it. */
export interface BookFault {
  readonly name: string
  readonly tampering: (names: RichAccount) => readonly Tampering[]
  readonly problems: readonly Shown[]
  /** Does the database refuse it even from somebody who has switched off every trigger? */
  readonly isRefusedBySql?: true
}

/** Something that is wrong, and what is to be said of it. */
export const fault = (name: string, tampering: readonly Tampering[], ...problems: Shown[]): BookFault => ({
  name,
  tampering: () => tampering,
  problems,
})
/** Something that no database lets happen. */
export const impossible = (name: string, tampering: readonly Tampering[], ...problems: Shown[]): BookFault => ({
  ...fault(name, tampering, ...problems),
  isRefusedBySql: true,
})

/** Are these the hashes of entries, which tell of any change, rather than a rule of what entries say? */
export const isOfHashes = ({ invariant }: BookProblem): boolean => invariant.startsWith('hash_')

/** Number and balance of an entry follow from the entries before it; its hash vouches for everything else. */
export const breaksHashes = (tampering: readonly Tampering[]): boolean =>
  tampering.some(
    (one) =>
      'entry' in one &&
      ('copiedAs' in one || one.set === null || Object.keys(one.set).some((field) => field !== 'sequence' && field !== 'balanceAfter')),
  )

/** Names the lot or reservation of a problem. */
export function shown(problems: readonly BookProblem[], { lots, reservations }: RichAccount): Shown[] {
  const nameIn = (names: Readonly<Record<string, string>>, id: string | undefined): string | undefined =>
    id === undefined ? undefined : (Object.keys(names).find((name) => names[name] === id) ?? id)
  return problems.map(({ invariant, expected, found, sequence, lotId, reservationId }) => {
    const place = [sequence && `entry ${sequence}`, nameIn(reservations, reservationId), nameIn(lots, lotId)].filter(Boolean).join(', ')
    return [invariant, place, expected, found]
  })
}
