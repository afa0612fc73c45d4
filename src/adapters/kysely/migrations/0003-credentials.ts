import type { Migration } from './migration.js'

/**
 * Sessions and API keys.
 *
 * Both are found by a hash, by whoever presents the secret and before it is known whose it is: so they refer to no account.
 */
export const credentials: Migration = {
  name: '0003-credentials',
  up: [
    `create table tenantry_session (
      token_hash text collate "C" primary key,
      user_id text collate "C" not null references tenantry_user (id),
      account_id text collate "C",
      created_at timestamptz not null,
      expires_at timestamptz not null,
      revoked_at timestamptz
    )`,
    'create index tenantry_session_user on tenantry_session (user_id)',
    `create table tenantry_api_key (
      secret_hash text collate "C" primary key,
      id text collate "C" not null,
      account_id text collate "C" not null,
      name text not null,
      scopes jsonb not null,
      last_four text not null,
      created_at timestamptz not null,
      expires_at timestamptz,
      revoked_at timestamptz,
      last_used_at timestamptz,
      replaced_by_id text collate "C",
      unique (account_id, id)
    )`,
    'create index tenantry_api_key_created on tenantry_api_key (account_id, created_at, id)',
  ],
  down: ['drop table tenantry_api_key', 'drop table tenantry_session'],
}
