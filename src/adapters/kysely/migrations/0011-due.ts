import type { Migration } from './migration.js'

/**
 * When time next brings something to an account, and how far it has lived.
 *
 * Accounts that are there already are due at once: the first run looks at each of them and leaves the right date.
 */
export const due: Migration = {
  name: '0011-due',
  up: [
    'alter table tenantry_account add column lived_until timestamptz',
    'alter table tenantry_account add column next_due_at timestamptz',
    "update tenantry_account set next_due_at = created_at where status <> 'cancelled'",
  ],
  down: ['alter table tenantry_account drop column next_due_at', 'alter table tenantry_account drop column lived_until'],
}

/** What lets a run read what is due and nothing else, where the engine can. No spend changes what is in this index. */
export const dueOnFullPostgres: Migration = {
  name: '0011-due-full-postgres',
  fullPostgresOnly: true,
  up: ['create index tenantry_account_due on tenantry_account (next_due_at, id) where next_due_at is not null'],
  down: ['drop index tenantry_account_due'],
}
