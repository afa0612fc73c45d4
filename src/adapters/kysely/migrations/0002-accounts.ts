import type { Migration } from './migration.js'

/**
 * Accounts, memberships and subscriptions.
 *
 * What a spend changes in an account (credits, unsettled_spend, entry_sequence, entry_hash) must stay out of every index, or each spend writes all
 * indexes of the table anew.
 */
export const accounts: Migration = {
  name: '0002-accounts',
  up: [
    `create table tenantry_account (
      id text collate "C" primary key,
      name text not null,
      status text not null check (status in ('trial', 'active', 'pending_payment', 'suspended', 'cancelled')),
      status_reason text,
      payment_method text not null check (payment_method in ('stripe', 'paypal', 'bank_transfer')),
      plan_id text collate "C" references tenantry_plan (id),
      owner_id text collate "C" references tenantry_user (id),
      throttles jsonb not null,
      credits bigint not null check (credits >= 0),
      unsettled_spend bigint not null check (unsettled_spend >= 0),
      entry_sequence bigint not null check (entry_sequence >= 0),
      entry_hash bytea not null,
      settles_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      deleted_at timestamptz
    )`,
    `create table tenantry_membership (
      account_id text collate "C" not null references tenantry_account (id),
      user_id text collate "C" not null references tenantry_user (id),
      role text not null check (role in ('owner', 'admin', 'member')),
      created_at timestamptz not null,
      primary key (account_id, user_id)
    )`,
    'create index tenantry_membership_user on tenantry_membership (user_id, created_at)',
    `create table tenantry_subscription (
      account_id text collate "C" primary key references tenantry_account (id),
      id text collate "C" not null,
      plan_id text collate "C" not null references tenantry_plan (id),
      status text not null check (status in ('trialing', 'active', 'past_due', 'pending_payment', 'canceled')),
      payment_method text not null check (payment_method in ('stripe', 'paypal', 'bank_transfer')),
      external_payment_id text,
      stripe_subscription_id text,
      current_period_start timestamptz not null,
      current_period_end timestamptz not null,
      billing_anchor timestamptz not null,
      next_credits_at timestamptz,
      cancel_at_period_end boolean not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      unique (account_id, id),
      check (current_period_end >= current_period_start)
    )`,
    'create index tenantry_subscription_id on tenantry_subscription (id)',
  ],
  down: ['drop table tenantry_subscription', 'drop table tenantry_membership', 'drop table tenantry_account'],
}
