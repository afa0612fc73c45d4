import type { TableName } from './schema.js'
import { entryByKeySql } from './spend-sql.js'

/** What is done about an account that another transaction holds. */
export type HeldAccounts = 'skip' | 'wait'

/**
 * A parameter that lists values. It is text, because every driver passes text on as it is. As a subquery its length is unknown to the
 * planner: otherwise Postgres finds the plan for the very lists of a call to be a little cheaper, and makes a new one for each.
 */
const list = (number: number, type: string): string => `((select $${number}::text))::${type}[]`

/**
 * Takes credits for many requests in one statement, for a full Postgres.
 *
 * Each row of the answer is a request that is decided: spent, with the number and the balance of its entry; or not spent, with nulls,
 * because its key was used before or the guard does not hold. A request without a row is not decided: its account is held by somebody (and
 * was skipped), or is not there, or credits are left for it although an earlier request did not get what it asked for.
 *
 * The order of the requests of an account decides. `running` adds up what they ask for. Up to the first that does not get it this is what
 * has been taken, so all of them are spent. From there on, whoever asks for more than what remains is refused for certain, and the rest is
 * left open: at least one request of an account is decided each time.
 *
 * The probe for an earlier entry is a scalar subquery: as a join, a plan made while the ledger is small would scan all of it, and stay. It
 * sees what was committed before the statement began, the lock the newest row. Should somebody have used a key in between, the unique key
 * of the entries refuses the whole statement (23505). So no key may be twice among the requests.
 *
 * Where held accounts are skipped, it waits for nobody and cannot be part of a deadlock; to wait, ask for one account.
 *
 * $1 accounts, each once; and one value per request, in order of arrival: $2 number of its account in $1, from 1, $3 key, $4 amount, $5 time,
 * $6 id of the entry, $7 operation, $8 description, $9 fingerprint, $10 metadata, $11 user, $12 API key, $13 digest of the entry, in hexadecimal
 */
export const spendBatchSql = (table: TableName, held: HeldAccounts): string => `with request as materialized (
  select * from unnest(${list(2, 'int')}, ${list(3, 'text')}, ${list(4, 'bigint')}, ${list(5, 'timestamptz')}, ${list(6, 'text')},
    ${list(7, 'text')}, ${list(8, 'text')}, ${list(9, 'text')}, ${list(10, 'jsonb')}, ${list(11, 'text')}, ${list(12, 'text')}, ${list(13, 'text')}) with ordinality
  as request (account, idempotency_key, amount, created_at, entry_id, operation, description, fingerprint, metadata, user_id, api_key_id, digest, n)
), held as materialized (
  select asked.n as account, found.id, found.credits, found.entry_sequence, found.entry_hash, found.settles_at,
    found.status not in ('suspended', 'cancelled') as is_open
  from unnest(${list(1, 'text')}) with ordinality as asked (id, n) join ${table('tenantry_account')} found on found.id = asked.id
  for no key update of found${held === 'skip' ? ' skip locked' : ''}
), judged as materialized (
  select request.n, held.account, held.id, held.credits, held.entry_sequence, held.entry_hash, request.amount, request.digest,
    held.is_open and request.amount <= held.credits and (held.settles_at is null or held.settles_at > request.created_at)
      and (${entryByKeySql(table, 'sequence', 'held.id', 'request.idempotency_key')}) is null as qualifies
  from request join held on held.account = request.account
), summed as (
  select *, sum(amount) filter (where qualifies) over earlier as running, count(*) filter (where qualifies) over earlier as place
  from judged window earlier as (partition by account order by n)
), decided as materialized (
  select n, id, amount, qualifies,
    case when qualifies and running <= credits then entry_sequence + place end as sequence,
    case when qualifies and running <= credits then (credits - running)::bigint end as balance_after,
    ${table('tenantry_chain_hash')}(case place when 1 then sha256(entry_hash || decode(digest, 'hex')) else decode(digest, 'hex') end)
      filter (where qualifies and running <= credits)
      over (partition by account order by n) as hash,
    credits - coalesce(max(running) filter (where running <= credits) over (partition by account), 0) as remaining
  from summed
), spent as (
  insert into ${table('tenantry_credit_entry')} (id, account_id, sequence, type, amount, balance_after, operation, description,
    idempotency_key, fingerprint, metadata, user_id, api_key_id, created_at, hash)
  select request.entry_id, decided.id, decided.sequence, 'usage', 0 - decided.amount, decided.balance_after, request.operation,
    request.description, request.idempotency_key, request.fingerprint, request.metadata, request.user_id, request.api_key_id, request.created_at, decided.hash
  from decided join request on request.n = decided.n
  where decided.sequence is not null
), debit as (
  update ${table('tenantry_account')} payer set credits = payer.credits - total.amount,
    unsettled_spend = payer.unsettled_spend + total.amount, entry_sequence = payer.entry_sequence + total.entries,
    entry_hash = total.hash
  from (
    select id, sum(amount)::bigint as amount, count(*) as entries, (array_agg(hash order by n desc))[1] as hash
    from decided where sequence is not null group by id
  ) total
  where payer.id = total.id
)
select n, sequence, balance_after from decided where sequence is not null or not qualifies or amount > remaining`
