import type { Migration } from './migration.js'

/** Payments, and which of them an external payment is. */
export const payments: Migration = {
  name: '0005-payments',
  up: [
    `create table tenantry_payment (
      account_id text collate "C" not null references tenantry_account (id),
      id text collate "C" not null,
      method text not null check (method in ('stripe', 'paypal', 'bank_transfer')),
      status text not null check (status in ('requested', 'submitted', 'confirmed', 'rejected', 'refunded')),
      reference text not null,
      external_payment_id text,
      amount_minor bigint not null check (amount_minor >= 0),
      currency text not null,
      period_months integer not null check (period_months between 1 and 36),
      payer_name text,
      proof_url text,
      decided_by_type text check (decided_by_type is null or decided_by_type in ('user', 'admin', 'system', 'api_key')),
      decided_by_id text collate "C",
      decided_at timestamptz,
      reason text,
      plan_id text collate "C" references tenantry_plan (id),
      fingerprint text collate "C",
      outcome text,
      created_at timestamptz not null,
      primary key (account_id, id),
      check ((decided_by_type is null) = (decided_by_id is null))
    )`,
    'create index tenantry_payment_id on tenantry_payment (id)',
    'create index tenantry_payment_account on tenantry_payment (account_id, created_at, id)',
    'create index tenantry_payment_created on tenantry_payment (created_at, id)',
    `create table tenantry_payment_reference (
      method text not null check (method in ('stripe', 'paypal', 'bank_transfer')),
      external_payment_id text collate "C" not null,
      account_id text collate "C" not null,
      payment_id text collate "C" not null,
      primary key (method, external_payment_id)
    )`,
  ],
  down: ['drop table tenantry_payment_reference', 'drop table tenantry_payment'],
}
