import type { Actor } from '../../domain/actor.js'
import type { CreditEntryType, CreditLotType } from '../../domain/credit.js'
import type { ReservationStatus } from '../../domain/reservation.js'
import type { Bytes, Integer, Json, NullableInteger } from './column-types.js'

/** The ledger: one row for each entry, never changed. */
export interface CreditEntryTable {
  account_id: string
  sequence: Integer
  id: string
  type: CreditEntryType
  amount: Integer
  balance_after: Integer
  operation: string | null
  description: string
  idempotency_key: string
  fingerprint: string | null
  metadata: Json
  user_id: string | null
  api_key_id: string | null
  refunds_entry_id: string | null
  hash: Bytes
  actor_type: Actor['type'] | null
  actor_id: string | null
  created_at: Date
}

/** Credits that were granted together. */
export interface CreditLotTable {
  account_id: string
  id: string
  type: CreditLotType
  granted: Integer
  remaining: Integer
  reserved: Integer
  priority: number
  expires_at: Date | null
  rollover_cap: NullableInteger
  created_at: Date
}

/** Credits that are or were set aside. */
export interface ReservationTable {
  account_id: string
  id: string
  status: ReservationStatus
  amount: Integer
  actual: NullableInteger
  operation: string
  user_id: string | null
  api_key_id: string | null
  metadata: Json
  parts: Json
  expires_at: Date
  created_at: Date
  closed_at: Date | null
  balance_at_close: NullableInteger
}
