import type { TableName } from './schema.js'

/** The columns of an entry, without its hash. */
export const entryColumns = [
  'id',
  'account_id',
  'sequence',
  'type',
  'amount',
  'balance_after',
  'operation',
  'description',
  'idempotency_key',
  'fingerprint',
  'metadata',
  'user_id',
  'api_key_id',
  'refunds_entry_id',
  'actor_type',
  'actor_id',
  'created_at',
].join(', ')

/** Looks an entry up by its key. */
export const entryByKeySql = (table: TableName, selected: string, accountId: string, key: string): string =>
  `select ${selected} from ${table('tenantry_credit_entry')} where account_id = ${accountId} and idempotency_key = ${key}`

/**
 * Takes credits once per key, in one statement that every engine understands.
 *
 * The entry is inserted without `on conflict`: when two calls with one new key meet, the unique key must undo the debit of the second.
 * The bytes are joined by a function, because pg-mem takes `||` for texts only.
 * `prior` leaves out the id of the new entry, because pg-mem looks only after it has written.
 *
 * $1 account, $2 key, $3 amount, $4 time, $5 id of the entry, $6 operation, $7 description, $8 fingerprint, $9 metadata, $10 user, $11 API key,
 * $12 digest of the entry, in hexadecimal
 */
export const spendSql = (table: TableName): string => `with prior as (
  ${entryByKeySql(table, entryColumns, '$1', '$2')}
), debit as (
  update ${table('tenantry_account')} set
    credits = credits - $3::bigint, unsettled_spend = unsettled_spend + $3::bigint, entry_sequence = entry_sequence + 1,
    entry_hash = sha256(byteacat(entry_hash, decode($12::text, 'hex')))
  where id = $1 and credits >= $3::bigint and status not in ('suspended', 'cancelled')
    and (settles_at is null or settles_at > $4::timestamptz) and not exists (select 1 from prior)
  returning id, credits, entry_sequence, entry_hash
), spent as (
  insert into ${table('tenantry_credit_entry')} (${entryColumns}, hash)
  select $5::text, id, entry_sequence, 'usage', 0 - $3::bigint, credits, $6::text, $7::text, $2::text, $8::text, $9::jsonb, $10::text, $11::text,
    null, null, null, $4::timestamptz, entry_hash
  from debit
  returning ${entryColumns}
)
select 'spent' as outcome, ${entryColumns} from spent
union all
select 'replayed' as outcome, ${entryColumns} from prior where id <> $5`

/**
 * The entries of many keys, each with the number of its key. The limit keeps the look-up out of the join: a plan made while the ledger is
 * small would read all of it. $1 account of each key, $2 the keys; both as the text of a list
 */
export const entriesByKeysSql = (table: TableName): string => `select asked.n, entry.*
  from unnest(($1::text)::text[], ($2::text)::text[]) with ordinality as asked (owner, key, n)
  cross join lateral (${entryByKeySql(table, entryColumns, 'asked.owner', 'asked.key')} limit 1) entry`
