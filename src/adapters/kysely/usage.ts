import { type RawBuilder, sql } from 'kysely'
import { compareKeys, sumUsage, type UsageGrouping, type UsageSum } from '../../domain/usage.js'
import type { CreditOperations } from '../../ports/store/credits.js'
import type { Connection } from './connection.js'
import { toCreditEntry } from './rows/credit.js'

type Question = Parameters<CreditOperations['sumUsage']>[0]

/** Adds up in the database, over the index of the account's entries by time; on pg-mem, which cannot take a day of a time, in the process. */
export function readUsage(connection: Connection, question: Question): Promise<readonly UsageSum[]> {
  return connection.isFullPostgres ? sumInDatabase(connection, question) : sumInProcess(connection, question)
}

const keys: Record<UsageGrouping, RawBuilder<string | null>> = {
  day: sql`to_char(created_at at time zone 'UTC', 'YYYY-MM-DD')`,
  operation: sql`operation`,
  user: sql`user_id`,
  api_key: sql`api_key_id`,
}

async function sumInDatabase({ build, execute }: Connection, { accountId, from, to, by }: Question): Promise<readonly UsageSum[]> {
  const entries = build
    .selectFrom('tenantry_credit_entry')
    .select([
      keys[by].as('key'),
      sql<string>`coalesce(sum(0 - amount) filter (where type = 'usage'), 0)`.as('spent'),
      sql<string>`coalesce(sum(amount) filter (where type = 'refund'), 0)`.as('refunded'),
      sql<string>`count(*) filter (where type = 'usage')`.as('count'),
    ])
    .where('account_id', '=', accountId)
    .where('created_at', '>=', from)
    .where('created_at', '<', to)
    .where('type', 'in', ['usage', 'refund'])
    .groupBy(sql`1`)
  const rows = await execute(entries)
  // Not `integer`: a sum may pass what a number holds, and is then to be seen as such.
  return rows
    .map(({ key, spent, refunded, count }) => ({ key, spent: Number(spent), refunded: Number(refunded), count: Number(count) }))
    .sort(compareKeys)
}

async function sumInProcess({ build, execute }: Connection, { accountId, from, to, by }: Question): Promise<readonly UsageSum[]> {
  const entries = build.selectFrom('tenantry_credit_entry').selectAll().where('account_id', '=', accountId)
  const rows = await execute(entries.where('created_at', '>=', from).where('created_at', '<', to))
  return sumUsage(rows.map(toCreditEntry), by)
}
