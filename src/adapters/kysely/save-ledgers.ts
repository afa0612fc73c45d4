import { CompiledQuery } from 'kysely'
import { invariant } from '../../errors.js'
import type { LedgerChange } from '../../ports/store/accounts.js'
import type { Connection } from './connection.js'
import { addsEntries, type EntryHashes, type LedgerHead, type LedgerRows, ledgerRows } from './ledger-rows.js'
import { hexadecimal } from './rows/values.js'
import { recordsJson, setWriter } from './write-sets.js'

/** Writes changed ledgers: where the engine can, with as many statements for a thousand as for one. */
export async function saveLedgers(connection: Connection, changes: readonly LedgerChange[]): Promise<void> {
  if (changes.length === 0) return
  const rows = ledgerRows(changes, await readEntryHashes(connection, changes.filter(addsEntries)))
  const saved = connection.isFullPostgres ? await saveHeads(connection, rows.heads) : await saveHeadsInTurn(connection, rows.heads)
  invariant(saved === changes.length, 'a ledger that is saved has been locked and is as it was')
  if (connection.isFullPostgres) await writeInSets(connection, rows)
  else await writeInTurn(connection, rows)
}

/** The new entries go on from the hashes of the newest ones that there are. */
async function readEntryHashes({ build, execute }: Connection, changes: readonly LedgerChange[]): Promise<EntryHashes> {
  if (changes.length === 0) return new Map()
  const accountIds = changes.map(({ before }) => before.accountId)
  const rows = await execute(build.selectFrom('tenantry_account').select(['id', 'entry_hash']).where('id', 'in', accountIds))
  return new Map(rows.map(({ id, entry_hash }) => [id, hexadecimal(entry_hash)]))
}

async function saveHeads({ execute, tableName }: Connection, heads: readonly LedgerHead[]): Promise<number> {
  const saved = await execute(
    CompiledQuery.raw(
      `update ${tableName('tenantry_account')} account set credits = head.credits, unsettled_spend = head.unsettled_spend,
        entry_sequence = head.entry_sequence, settles_at = head.settles_at, entry_hash = coalesce(head.entry_hash, account.entry_hash)
      from json_to_recordset($1::json) as head (account_id text, sequence_before bigint, credits bigint, unsettled_spend bigint,
        entry_sequence bigint, settles_at timestamptz, entry_hash bytea)
      where account.id = head.account_id and account.entry_sequence = head.sequence_before returning 1 as one`,
      [recordsJson(heads)],
    ),
  )
  return saved.length
}

async function writeInSets(connection: Connection, rows: LedgerRows): Promise<void> {
  const writer = setWriter(connection)
  const keys = ['account_id', 'id']
  await writer.insert('tenantry_credit_entry', rows.entries)
  await writer.insert('tenantry_credit_lot', rows.lots)
  await writer.update('tenantry_credit_lot', { keys, set: ['remaining', 'reserved', 'expires_at'] }, rows.changedLots)
  await writer.insert('tenantry_credit_reservation', rows.reservations)
  const end = ['status', 'actual', 'closed_at', 'balance_at_close']
  await writer.update('tenantry_credit_reservation', { keys, set: end }, rows.endedReservations)
}

async function saveHeadsInTurn({ build, execute }: Connection, heads: readonly LedgerHead[]): Promise<number> {
  let saved = 0
  for (const { account_id, sequence_before, ...head } of heads) {
    const update = build.updateTable('tenantry_account').set(head).where('id', '=', account_id)
    saved += (await execute(update.where('entry_sequence', '=', sequence_before).returning('id'))).length
  }
  return saved
}

async function writeInTurn({ build, execute }: Connection, rows: LedgerRows): Promise<void> {
  for (const entry of rows.entries) await execute(build.insertInto('tenantry_credit_entry').values(entry))
  for (const lot of rows.lots) await execute(build.insertInto('tenantry_credit_lot').values(lot))
  for (const { account_id, id, ...change } of rows.changedLots) {
    const update = build.updateTable('tenantry_credit_lot').set(change)
    await execute(update.where('account_id', '=', account_id).where('id', '=', id))
  }
  for (const reservation of rows.reservations) await execute(build.insertInto('tenantry_credit_reservation').values(reservation))
  for (const { account_id, id, ...end } of rows.endedReservations) {
    const update = build.updateTable('tenantry_credit_reservation').set(end)
    await execute(update.where('account_id', '=', account_id).where('id', '=', id))
  }
}
