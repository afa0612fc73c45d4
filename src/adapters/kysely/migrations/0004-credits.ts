import type { Migration } from './migration.js'

/** The ledger: entries, and the lots that they grant. */
export const credits: Migration = {
  name: '0004-credits',
  up: [
    `create table tenantry_credit_entry (
      account_id text collate "C" not null references tenantry_account (id),
      sequence bigint not null check (sequence > 0),
      id text collate "C" not null,
      type text not null check (type in (
        'subscription', 'purchase', 'promotion', 'adjustment', 'usage', 'reservation', 'release', 'refund', 'expiration'
      )),
      amount bigint not null check (amount <> 0),
      balance_after bigint not null check (balance_after >= 0),
      operation text,
      description text not null,
      idempotency_key text collate "C" not null,
      fingerprint text collate "C",
      metadata jsonb not null,
      user_id text collate "C",
      api_key_id text collate "C",
      refunds_entry_id text collate "C",
      hash bytea not null,
      actor_type text check (actor_type is null or actor_type in ('user', 'admin', 'system', 'api_key')),
      actor_id text collate "C",
      created_at timestamptz not null,
      primary key (account_id, sequence),
      unique (id, account_id),
      unique (account_id, idempotency_key),
      check ((actor_type is null) = (actor_id is null)),
      check ((type = 'refund') = (refunds_entry_id is not null))
    )`,
    'create index tenantry_credit_entry_created on tenantry_credit_entry (account_id, created_at)',
    `create table tenantry_credit_lot (
      account_id text collate "C" not null references tenantry_account (id),
      id text collate "C" not null,
      type text not null check (type in ('subscription', 'purchase', 'promotion', 'adjustment', 'refund')),
      granted bigint not null check (granted > 0),
      remaining bigint not null,
      reserved bigint not null,
      priority integer not null,
      expires_at timestamptz,
      rollover_cap bigint check (rollover_cap >= 0),
      created_at timestamptz not null,
      primary key (account_id, id),
      foreign key (account_id, id) references tenantry_credit_entry (account_id, id),
      check (remaining >= 0 and reserved >= 0 and remaining + reserved <= granted)
    )`,
    `create table tenantry_credit_reservation (
      account_id text collate "C" not null references tenantry_account (id),
      id text collate "C" not null,
      status text not null check (status in ('open', 'settled', 'released', 'expired')),
      amount bigint not null check (amount > 0),
      actual bigint check (actual is null or (actual >= 0 and actual <= amount)),
      operation text not null,
      user_id text collate "C",
      api_key_id text collate "C",
      metadata jsonb not null,
      parts jsonb not null,
      expires_at timestamptz not null,
      created_at timestamptz not null,
      closed_at timestamptz,
      balance_at_close bigint,
      primary key (account_id, id),
      foreign key (account_id, id) references tenantry_credit_entry (account_id, id),
      check ((status = 'settled') = (actual is not null)),
      check ((status = 'open') = (closed_at is null))
    )`,
    'create index tenantry_credit_reservation_id on tenantry_credit_reservation (id)',
  ],
  down: ['drop table tenantry_credit_reservation', 'drop table tenantry_credit_lot', 'drop table tenantry_credit_entry'],
}
