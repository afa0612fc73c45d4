import type { Migration } from './migration.js'

/** What makes the tables fast and the ledger unalterable, where the engine can. */
export const fullPostgres: Migration = {
  name: '0007-full-postgres',
  fullPostgresOnly: true,
  up: [
    // Room on each page for the next version of a row, so that a spend stays within its page and touches no index (HOT update).
    'alter table tenantry_account set (fillfactor = 70)',
    // While most accounts have an entry or two, most of them under the same key, Postgres believes that this is so of every account: it takes
    // any index that begins with the account to look for a key, and reads all entries of a busy one. Told that an account has a hundred
    // entries and each its own key, it takes the index of the keys, whatever ANALYZE finds.
    'alter table tenantry_credit_entry alter column account_id set (n_distinct = -0.01)',
    'alter table tenantry_credit_entry alter column idempotency_key set (n_distinct = -1)',
    // Most lots of an old account are used up.
    'create index tenantry_credit_lot_open on tenantry_credit_lot (account_id) where remaining > 0 or reserved > 0',
    // Few reservations are open at a time, and few entries are refunds.
    "create index tenantry_credit_reservation_open on tenantry_credit_reservation (account_id) where status = 'open'",
    'create index tenantry_credit_entry_refunds on tenantry_credit_entry (account_id, refunds_entry_id) where refunds_entry_id is not null',
    // Chains the hashes of several new entries of an account in one statement, from the first hash on. SQL knows no such aggregate.
    `create function tenantry_next_hash(newest bytea, digest bytea) returns bytea language plpgsql immutable strict parallel safe as $$
    begin
      return sha256(newest || digest);
    end
    $$`,
    'create aggregate tenantry_chain_hash(digest bytea) (sfunc = tenantry_next_hash, stype = bytea)',
    `create function tenantry_refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'the ledger is append-only: % of % refused', tg_op, tg_table_name
        using errcode = 'object_not_in_prerequisite_state', hint = 'Correct it with a new entry.';
    end
    $$`,
    `create trigger tenantry_credit_entry_append_only before update or delete or truncate on tenantry_credit_entry
    for each statement execute function tenantry_refuse_change()`,
  ],
  down: [
    'drop trigger tenantry_credit_entry_append_only on tenantry_credit_entry',
    'drop function tenantry_refuse_change()',
    'drop aggregate tenantry_chain_hash(bytea)',
    'drop function tenantry_next_hash(bytea, bytea)',
    'drop index tenantry_credit_entry_refunds',
    'drop index tenantry_credit_reservation_open',
    'drop index tenantry_credit_lot_open',
    'alter table tenantry_credit_entry alter column idempotency_key reset (n_distinct)',
    'alter table tenantry_credit_entry alter column account_id reset (n_distinct)',
    'alter table tenantry_account reset (fillfactor)',
  ],
}
