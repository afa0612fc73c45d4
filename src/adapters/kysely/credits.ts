import { CompiledQuery } from 'kysely'
import { entryDigest } from '../../domain/entry-hash.js'
import type { CreditOperations, CreditSpend, RecordedEntry, SpendOutcome } from '../../ports/store/credits.js'
import type { Connection } from './connection.js'
import { causeState } from './errors.js'
import { lockAccountRow } from './locked-accounts.js'
import { type EntryRow, toCreditEntry, toCreditLot, toRecordedEntry } from './rows/credit.js'
import { toReservation } from './rows/reservation.js'
import { integer } from './rows/values.js'
import type { Row } from './tables.js'
import { readUsage } from './usage.js'
import type { Verbs } from './verbs.js'

/** The hot change of the ledger, and its questions. */
export const creditVerbs: Verbs<CreditOperations> = {
  async spendCredits(connection, spend) {
    // Inside a transaction a violated key would spoil everything that came before: so wait for whoever is spending first.
    if (connection.isTransaction) await lockAccountRow(connection, spend.accountId)
    try {
      return (await runSpend(connection, spend)) ?? (await replay(connection, spend))
    } catch (error) {
      if (connection.isTransaction || causeState(error) !== '23505') throw error
      return runSpend(connection, spend)
    }
  },
  async findCreditEntry({ build, execute }, entryId) {
    const [row] = await execute(build.selectFrom('tenantry_credit_entry').selectAll().where('id', '=', entryId))
    return row === undefined ? null : toRecordedEntry(row)
  },
  async findNewestPlanLot({ build, execute }, accountId) {
    const lots = build.selectFrom('tenantry_credit_lot').selectAll().where('account_id', '=', accountId).where('type', '=', 'subscription')
    const [row] = await execute(lots.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(1))
    return row === undefined ? null : toCreditLot(row)
  },
  async sumRefunds({ build, execute }, { accountId, entryId }) {
    const refunds = build.selectFrom('tenantry_credit_entry').select('amount').where('account_id', '=', accountId)
    return (await execute(refunds.where('refunds_entry_id', '=', entryId))).reduce((sum, { amount }) => sum + integer(amount), 0)
  },
  async findReservation({ build, execute }, reservationId) {
    const [row] = await execute(build.selectFrom('tenantry_credit_reservation').selectAll().where('id', '=', reservationId))
    return row === undefined ? null : toReservation(row)
  },
  sumUsage: readUsage,
  findCreditEntryByKey,
  listCreditEntries: async (connection, page) => (await listEntryRows(connection, page)).map(toCreditEntry),
}

async function runSpend({ hot, execute }: Connection, spend: CreditSpend): Promise<SpendOutcome | null> {
  const [row] = await execute<EntryRow & Pick<SpendOutcome, 'outcome'>>(CompiledQuery.raw(hot.spend, spendParameters(spend)))
  return row === undefined ? null : { outcome: row.outcome, ...toRecordedEntry(row) }
}

/** The digest of the entry that a spend is to make. Field by field, which is many times faster than to copy the rest of the spend. */
export const spendDigest = (spend: CreditSpend): string =>
  entryDigest(
    {
      id: spend.id,
      accountId: spend.accountId,
      type: 'usage',
      amount: -spend.amount,
      operation: spend.operation,
      description: spend.description,
      idempotencyKey: spend.idempotencyKey,
      metadata: spend.metadata,
      userId: spend.userId,
      apiKeyId: spend.apiKeyId,
      refundsEntryId: null,
      actor: null,
      createdAt: spend.createdAt,
    },
    spend.fingerprint,
  )

/** In the order of the statement's numbers. */
const spendParameters = (spend: CreditSpend): unknown[] => [
  spend.accountId,
  spend.idempotencyKey,
  spend.amount,
  spend.createdAt,
  spend.id,
  spend.operation,
  spend.description,
  spend.fingerprint,
  JSON.stringify(spend.metadata),
  spend.userId,
  spend.apiKeyId,
  spendDigest(spend),
]

/**
 * What the statement does not see before it refuses: the entry of a call with the same key that it waited for, after which too few credits
 * were left; and an entry that has the very id of this spend.
 */
async function replay(connection: Connection, spend: CreditSpend): Promise<SpendOutcome | null> {
  const recorded = await findCreditEntryByKey(connection, spend)
  return recorded && { outcome: 'replayed', ...recorded }
}

async function findCreditEntryByKey(
  { hot, execute }: Connection,
  { accountId, idempotencyKey }: { accountId: string; idempotencyKey: string },
): Promise<RecordedEntry | null> {
  const [row] = await execute<EntryRow>(CompiledQuery.raw(hot.entryByKey, [accountId, idempotencyKey]))
  return row === undefined ? null : toRecordedEntry(row)
}

/** Newest first. */
export async function listEntryRows(
  { build, execute }: Connection,
  { accountId, beforeSequence, limit }: Parameters<CreditOperations['listCreditEntries']>[0],
): Promise<readonly Row<'tenantry_credit_entry'>[]> {
  const entries = build.selectFrom('tenantry_credit_entry').selectAll().where('account_id', '=', accountId)
  const page = beforeSequence === null ? entries : entries.where('sequence', '<', beforeSequence)
  return execute(page.orderBy('sequence', 'desc').limit(limit))
}
