import type { Actor } from './actor.js'

/** Why credits moved. */
export type CreditEntryType =
  | 'subscription'
  | 'purchase'
  | 'promotion'
  | 'adjustment'
  | 'usage'
  | 'reservation'
  | 'release'
  | 'refund'
  | 'expiration'

/** Every {@link CreditEntryType}. */
export const creditEntryTypes = [
  'subscription',
  'purchase',
  'promotion',
  'adjustment',
  'usage',
  'reservation',
  'release',
  'refund',
  'expiration',
] as const satisfies readonly CreditEntryType[]

/** One line of the ledger. It is written once and never changes. */
export interface CreditEntry {
  readonly id: string
  readonly accountId: string
  /** 1, 2, 3 … within the account, without gaps. */
  readonly sequence: number
  readonly type: CreditEntryType
  /** Credits that came (positive) or went (negative). */
  readonly amount: number
  readonly balanceAfter: number
  /** What the credits are used, set aside or were given back for, in the host's words; `null` where they are for nothing in particular. */
  readonly operation: string | null
  readonly description: string
  /** Unique within the account. */
  readonly idempotencyKey: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly userId: string | null
  readonly apiKeyId: string | null
  /** The entry whose credits a `refund` gives back; `null` for every other type. */
  readonly refundsEntryId: string | null
  /** Who caused it; `null` for the passing of time, for spends and for reservations. */
  readonly actor: Actor | null
  readonly createdAt: Date
}

/** Why a lot of credits was granted; also the type of the entry that granted it. */
export type CreditLotType = 'subscription' | 'purchase' | 'promotion' | 'adjustment' | 'refund'

/** Credits that were granted together and expire together. It bears the id of the entry that granted it. */
export interface CreditLot {
  readonly id: string
  readonly accountId: string
  readonly type: CreditLotType
  readonly granted: number
  /** What is left of it, not counting spends that are not yet allotted to lots. */
  readonly remaining: number
  /** What open reservations have set aside of it; not part of `remaining`. */
  readonly reserved: number
  /** Lower burns first. */
  readonly priority: number
  /** From this instant on its credits cannot be spent; `null` for never. */
  readonly expiresAt: Date | null
  /** For plan credits that roll over with a cap: how many unused plan credits outlive `expiresAt`. */
  readonly rolloverCap: number | null
  readonly createdAt: Date
}
