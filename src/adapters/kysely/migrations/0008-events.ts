import type { Migration } from './migration.js'

/**
 * The outbox: events, and for each account that has any where its events stand.
 *
 * `due_at` of a stream is when somebody should look for what to deliver: `null` when nothing is pending, later than now while a worker
 * has the stream (then it is the end of the lease) or while a failed event waits for its next attempt.
 */
export const events: Migration = {
  name: '0008-events',
  up: [
    `create table tenantry_event_stream (
      account_id text collate "C" primary key references tenantry_account (id),
      last_sequence bigint not null check (last_sequence > 0),
      due_at timestamptz,
      lease text collate "C"
    )`,
    `create table tenantry_event (
      account_id text collate "C" not null references tenantry_account (id),
      sequence bigint not null check (sequence > 0),
      id text collate "C" not null,
      name text not null,
      data jsonb not null,
      status text not null check (status in ('pending', 'delivered', 'dead')),
      attempts integer not null check (attempts >= 0),
      last_error text,
      retry_at timestamptz,
      delivered_at timestamptz,
      created_at timestamptz not null,
      primary key (account_id, sequence),
      unique (id, account_id),
      check ((status = 'delivered') = (delivered_at is not null))
    )`,
    'create index tenantry_event_account on tenantry_event (account_id, created_at, id)',
    'create index tenantry_event_created on tenantry_event (created_at, id)',
  ],
  down: ['drop table tenantry_event', 'drop table tenantry_event_stream'],
}

/** What lets the delivery read what is due and nothing else, where the engine can. */
export const eventsOnFullPostgres: Migration = {
  name: '0008-events-full-postgres',
  fullPostgresOnly: true,
  up: [
    'create index tenantry_event_stream_due on tenantry_event_stream (due_at, account_id) where due_at is not null',
    "create index tenantry_event_pending on tenantry_event (account_id, sequence) where status = 'pending'",
    // Only of the dead: an index that held all pending events would tempt the planner to look through those of all accounts for one.
    "create index tenantry_event_dead on tenantry_event (created_at, id) where status = 'dead'",
  ],
  down: ['drop index tenantry_event_dead', 'drop index tenantry_event_pending', 'drop index tenantry_event_stream_due'],
}
