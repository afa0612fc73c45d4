import type { Migration } from './migration.js'

/** The record of administrative acts. */
export const audit: Migration = {
  name: '0006-audit',
  up: [
    `create table tenantry_audit_entry (
      id text collate "C" primary key,
      account_id text collate "C",
      actor_type text not null check (actor_type in ('user', 'admin', 'system', 'api_key')),
      actor_id text collate "C" not null,
      action text not null,
      reason text,
      before jsonb not null,
      after jsonb not null,
      created_at timestamptz not null
    )`,
    'create index tenantry_audit_entry_account on tenantry_audit_entry (account_id, created_at, id)',
    'create index tenantry_audit_entry_created on tenantry_audit_entry (created_at, id)',
  ],
  down: ['drop table tenantry_audit_entry'],
}
