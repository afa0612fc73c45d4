import { accountTogether, apiKeyTogether, sessionTogether, userTogether } from './rows/access.js'
import { accountSelection } from './rows/account.js'
import { creditLotSelection } from './rows/credit.js'
import { planSelection } from './rows/plan.js'
import { reservationSelection } from './rows/reservation.js'
import { subscriptionSelection } from './rows/subscription.js'
import type { TableName } from './schema.js'
import type { Together } from './selections.js'
import { type HeldAccounts, spendBatchSql } from './spend-batch-sql.js'
import { entriesByKeysSql, entryByKeySql, entryColumns, spendSql } from './spend-sql.js'
import { type TakenRules, throttleEachSql } from './throttle-each-sql.js'

/** The statements that are asked on every request: written once for a store, never built for a call. */
export interface HotStatements {
  readonly spend: string
  readonly spendBatch: Readonly<Record<HeldAccounts, string>>
  readonly entryByKey: string
  readonly entriesByKeys: string
  readonly accountState: string
  readonly accountAccess: string
  readonly userAccess: string
  readonly sessionAccess: string
  readonly apiKeyAccess: string
  readonly throttleEach: Readonly<Record<TakenRules, string>>
  readonly throttleTake: string
  readonly manyAccesses: Readonly<Record<ManyAccesses, string>>
}

/** The questions of the gate that can be asked for many keys in one statement. */
export type ManyAccesses = 'account' | 'session' | 'apiKey'

/**
 * Asks for many keys what `ask` asks for one. The limit keeps the question out of the join: a plan made while the tables are small would read
 * all of them, and stay. $1 the keys, as the text of a list
 */
const forMany = (ask: (key: string) => string): string => `select asked.n::int as n, found.*
  from unnest(((select $1::text))::text[]) with ordinality as asked (key, n)
  cross join lateral (${ask('asked.key')} limit 1) found`

/** The hot statements for the schema of a store. Where `hasJson`, the gate's answer in one text. */
export function hotStatements(table: TableName, hasJson: boolean): HotStatements {
  const listOf = ({ text, columns }: Together<unknown>): string => (hasJson ? text : columns)
  const account = `${table('tenantry_account')} account`
  const planAndSubscription = `left join ${table('tenantry_plan')} plan on plan.id = account.plan_id
    left join ${table('tenantry_subscription')} subscription on subscription.account_id = account.id`
  const lot = table('tenantry_credit_lot')
  const reservation = table('tenantry_credit_reservation')
  const payment = table('tenantry_payment')
  const membership = `${table('tenantry_membership')} membership`
  const person = `${table('tenantry_user')} person`
  const accountStateSql = `select ${accountSelection.sql}, ${planSelection.sql}, ${subscriptionSelection.sql}, ${creditLotSelection.sql},
        ${reservationSelection.sql}, part.due_at as payment_due_at
      from ${account} ${planAndSubscription}
      left join (
        select id as lot_id, null::text as reservation_id, null::timestamptz as due_at, account_id from ${lot} where account_id = $1 and (remaining > 0 or reserved > 0)
        union all
        select null::text as lot_id, id as reservation_id, null::timestamptz as due_at, account_id from ${reservation}
        where account_id = $1 and status = 'open'
        union all
        select null::text as lot_id, null::text as reservation_id, due_at, account_id from ${payment}
        where account_id = $1 and status in ('requested', 'submitted') and due_at is not null
      ) part on part.account_id = account.id
      left join ${lot} lot on lot.account_id = part.account_id and lot.id = part.lot_id
      left join ${reservation} reservation on reservation.account_id = part.account_id and reservation.id = part.reservation_id
      where account.id = $1`
  const accountAccess = (key: string): string =>
    `select ${listOf(accountTogether)} from ${account} ${planAndSubscription} where account.id = ${key}`
  const sessionAccess = (key: string): string => `select ${listOf(sessionTogether)} from ${table('tenantry_session')} session
    join ${person} on person.id = session.user_id
    left join ${membership} on membership.account_id = session.account_id and membership.user_id = session.user_id
    left join ${account} on account.id = membership.account_id ${planAndSubscription}
    where session.token_hash = ${key}`
  const apiKeyAccess = (key: string): string => `select ${listOf(apiKeyTogether)} from ${table('tenantry_api_key')} api_key
    join ${account} on account.id = api_key.account_id ${planAndSubscription}
    left join ${person} on person.id = account.owner_id
    where api_key.secret_hash = ${key}`
  return {
    spend: spendSql(table),
    spendBatch: { skip: spendBatchSql(table, 'skip'), wait: spendBatchSql(table, 'wait') },
    entryByKey: entryByKeySql(table, entryColumns, '$1', '$2'),
    entriesByKeys: entriesByKeysSql(table),
    accountState: accountStateSql,
    accountAccess: accountAccess('$1'),
    userAccess: `select ${listOf(userTogether)} from ${person}
      left join ${membership} on membership.user_id = person.id
      left join ${account} on account.id = membership.account_id ${planAndSubscription}
      where person.id = $1 order by membership.created_at, membership.account_id limit 1`,
    sessionAccess: sessionAccess('$1'),
    apiKeyAccess: apiKeyAccess('$1'),
    manyAccesses: { account: forMany(accountAccess), session: forMany(sessionAccess), apiKey: forMany(apiKeyAccess) },
    throttleEach: { one: throttleEachSql(table, 'one'), several: throttleEachSql(table, 'several') },
    throttleTake: `select ${table('tenantry_throttle_take')}(($1::text)::text[], ($2::text)::bigint[]) as found`,
  }
}
