import type { Migration } from './migration.js'

/** Plans and people, which belong to no account. */
export const plansAndUsers: Migration = {
  name: '0001-plans-and-users',
  up: [
    `create table tenantry_plan (
      id text collate "C" primary key,
      slug text collate "C" not null unique,
      name text not null,
      prices jsonb not null,
      billing_cycle text not null check (billing_cycle in ('monthly', 'yearly')),
      included_credits bigint not null check (included_credits >= 0),
      limits jsonb not null,
      throttles jsonb not null,
      is_active boolean not null,
      credit_rollover text not null check (credit_rollover in ('none', 'all', 'cap')),
      credit_rollover_cap bigint check (credit_rollover_cap >= 0),
      created_at timestamptz not null,
      updated_at timestamptz not null,
      check ((credit_rollover = 'cap') = (credit_rollover_cap is not null))
    )`,
    'create index tenantry_plan_created on tenantry_plan (created_at, id)',
    `create table tenantry_user (
      id text collate "C" primary key,
      email text collate "C" not null unique,
      external_user_id text collate "C" unique,
      first_name text not null,
      last_name text not null,
      password_hash text,
      platform_role text check (platform_role is null or platform_role = 'admin'),
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`,
  ],
  down: ['drop table tenantry_user', 'drop table tenantry_plan'],
}
