import type { Migration } from './migration.js'

/**
 * From where people have signed in, as keyed hashes, in a fixed number of places: nobody has more, however many sign in at the same moment.
 * They go with their person.
 */
export const knownAddresses: Migration = {
  name: '0016-known-addresses',
  up: [
    `create table tenantry_known_address (
      user_id text collate "C" not null references tenantry_user (id) on delete cascade,
      slot integer not null check (slot >= 0 and slot < 20),
      hash text collate "C" not null,
      last_seen_at timestamptz not null,
      primary key (user_id, slot)
    )`,
  ],
  down: ['drop table tenantry_known_address'],
}
