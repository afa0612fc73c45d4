import type { Migration } from './migration.js'

/**
 * Receipts, and the last number of each series.
 *
 * The numbers come from a row and not from a sequence: a sequence does not take a number back when its transaction is undone, and would
 * leave gaps.
 */
export const receipts: Migration = {
  name: '0012-receipts',
  up: [
    `create table tenantry_receipt_series (
      series text collate "C" primary key,
      last_number bigint not null check (last_number > 0)
    )`,
    `create table tenantry_receipt (
      account_id text collate "C" not null references tenantry_account (id),
      id text collate "C" not null,
      payment_id text collate "C" not null,
      number text collate "C" not null,
      issuer jsonb not null,
      account_name text not null,
      plan_slug text not null,
      plan_name text not null,
      period_months integer not null check (period_months between 1 and 36),
      period_start timestamptz not null,
      period_end timestamptz not null,
      amount_minor bigint not null check (amount_minor >= 0),
      currency text not null,
      method text not null check (method in ('stripe', 'paypal', 'bank_transfer')),
      reference text,
      payer_name text,
      created_at timestamptz not null,
      primary key (account_id, id),
      unique (account_id, payment_id),
      unique (number, account_id),
      foreign key (account_id, payment_id) references tenantry_payment (account_id, id),
      check (period_end >= period_start)
    )`,
    'create index tenantry_receipt_account on tenantry_receipt (account_id, created_at, id)',
  ],
  down: ['drop table tenantry_receipt', 'drop table tenantry_receipt_series'],
}
