import type { Migration } from './migration.js'

/**
 * Who has had a free trial, as keyed hashes: they outlive the people, name nobody, and without the key no address can be tried against them.
 * Nothing refers to a claim and a claim refers to nothing.
 */
export const trialClaims: Migration = {
  name: '0013-trial-claims',
  up: [
    `create table tenantry_trial_claim (
      kind text not null check (kind in ('email', 'fingerprint')),
      hash text collate "C" not null,
      claim_id text collate "C" not null,
      created_at timestamptz not null,
      primary key (kind, hash)
    )`,
    `create table tenantry_installation_secret (
      name text collate "C" primary key,
      secret text collate "C" not null,
      created_at timestamptz not null
    )`,
  ],
  down: ['drop table tenantry_installation_secret', 'drop table tenantry_trial_claim'],
}
