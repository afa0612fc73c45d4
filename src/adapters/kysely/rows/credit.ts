import type { CreditEntry, CreditLot } from '../../../domain/credit.js'
import type { HashedEntry, RecordedEntry } from '../../../ports/store/credits.js'
import { selection } from '../selections.js'
import type { NewRow, Row } from '../tables.js'
import { toActor } from './actor.js'
import { asFound, bytes, exact, hexadecimal, ifAny, type Reading } from './values.js'

/** A row of an entry without its hash. */
export type EntryRow = Omit<Row<'tenantry_credit_entry'>, 'hash'>

const entryReader =
  ({ integer, moment, object }: Reading) =>
  (row: EntryRow): CreditEntry => ({
    id: row.id,
    accountId: row.account_id,
    sequence: integer(row.sequence),
    type: row.type,
    amount: integer(row.amount),
    balanceAfter: integer(row.balance_after),
    operation: row.operation,
    description: row.description,
    idempotencyKey: row.idempotency_key,
    metadata: object(row.metadata),
    userId: row.user_id,
    apiKeyId: row.api_key_id,
    refundsEntryId: row.refunds_entry_id,
    actor: toActor(row.actor_type, row.actor_id),
    createdAt: moment(row.created_at),
  })

/** The entry that a row holds. */
export const toCreditEntry = entryReader(exact)

/** The entry that a row holds, with the fingerprint of the request that made it. */
export const toRecordedEntry = (row: EntryRow): RecordedEntry => ({
  entry: toCreditEntry(row),
  fingerprint: row.fingerprint,
})

const entryAsFound = entryReader(asFound)

/** The entry that a row holds, as it is found, with its fingerprint and hash. */
export const toHashedEntry = (row: Row<'tenantry_credit_entry'>): HashedEntry => ({
  entry: entryAsFound(row),
  fingerprint: row.fingerprint,
  hash: hexadecimal(row.hash),
})

/** The row of an entry. */
export function creditEntryRow({ entry, fingerprint, hash }: HashedEntry): NewRow<'tenantry_credit_entry'> {
  return {
    account_id: entry.accountId,
    sequence: entry.sequence,
    id: entry.id,
    type: entry.type,
    amount: entry.amount,
    balance_after: entry.balanceAfter,
    operation: entry.operation,
    description: entry.description,
    idempotency_key: entry.idempotencyKey,
    fingerprint,
    metadata: JSON.stringify(entry.metadata),
    user_id: entry.userId,
    api_key_id: entry.apiKeyId,
    refunds_entry_id: entry.refundsEntryId,
    hash: bytes(hash),
    actor_type: entry.actor?.type ?? null,
    actor_id: entry.actor?.id ?? null,
    created_at: entry.createdAt,
  }
}

/** The columns of a lot in a joined statement. */
export const creditLotSelection = selection<Row<'tenantry_credit_lot'>>('lot', {
  id: 'plain',
  account_id: 'plain',
  type: 'plain',
  granted: 'integer',
  remaining: 'integer',
  reserved: 'integer',
  priority: 'plain',
  expires_at: 'moment',
  rollover_cap: 'integer',
  created_at: 'moment',
})

const lotReader =
  ({ integer, moment }: Reading) =>
  (row: Row<'tenantry_credit_lot'>): CreditLot => ({
    id: row.id,
    accountId: row.account_id,
    type: row.type,
    granted: integer(row.granted),
    remaining: integer(row.remaining),
    reserved: integer(row.reserved),
    priority: row.priority,
    expiresAt: ifAny(row.expires_at, moment),
    rolloverCap: ifAny(row.rollover_cap, integer),
    createdAt: moment(row.created_at),
  })

/** The lot that a row holds. */
export const toCreditLot = lotReader(exact)

/** The lot that a row holds, as it is found. */
export const lotAsFound = lotReader(asFound)

/** The row of a lot. */
export function creditLotRow(lot: CreditLot): NewRow<'tenantry_credit_lot'> {
  return {
    account_id: lot.accountId,
    id: lot.id,
    type: lot.type,
    granted: lot.granted,
    remaining: lot.remaining,
    reserved: lot.reserved,
    priority: lot.priority,
    expires_at: lot.expiresAt,
    rollover_cap: lot.rolloverCap,
    created_at: lot.createdAt,
  }
}
