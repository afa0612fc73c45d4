import type { Migration } from './migration.js'

/** One table that the gate reads. */
interface Watched {
  readonly table: string
  /** Whom a row is about, and the column with the id: answers about it are old once the row has changed. */
  readonly of: 'account' | 'user' | 'everything'
  readonly id: string
  /** The columns that the gate reads; all of them where left out. What a spend changes is not among them, so that no spend tells anybody. */
  readonly columns?: readonly string[]
  /** Can a new row change an answer that was not nothing? */
  readonly tellsInserts?: true
}

const watched: readonly Watched[] = [
  {
    table: 'tenantry_account',
    of: 'account',
    id: 'id',
    columns: ['id', 'name', 'status', 'status_reason', 'payment_method', 'plan_id', 'owner_id', 'throttles', 'created_at', 'deleted_at'],
  },
  { table: 'tenantry_subscription', of: 'account', id: 'account_id', tellsInserts: true },
  {
    table: 'tenantry_api_key',
    of: 'account',
    id: 'account_id',
    columns: ['secret_hash', 'id', 'account_id', 'name', 'scopes', 'last_four', 'created_at', 'expires_at', 'revoked_at', 'replaced_by_id'],
  },
  { table: 'tenantry_session', of: 'user', id: 'user_id' },
  { table: 'tenantry_membership', of: 'user', id: 'user_id', tellsInserts: true },
  {
    table: 'tenantry_user',
    of: 'user',
    id: 'id',
    columns: ['id', 'email', 'first_name', 'last_name', 'platform_role', 'created_at'],
  },
  {
    table: 'tenantry_plan',
    of: 'everything',
    id: 'id',
    columns: [
      ...['id', 'slug', 'name', 'prices', 'billing_cycle', 'included_credits', 'limits', 'throttles', 'is_active'],
      ...['credit_rollover', 'credit_rollover_cap'],
    ],
  },
]

const row = (name: string, columns: readonly string[]): string => `(${columns.map((column) => `${name}.${column}`).join(', ')})`

const differs = (columns: readonly string[] | undefined): string =>
  columns === undefined ? 'old.* is distinct from new.*' : `${row('old', columns)} is distinct from ${row('new', columns)}`

/** The condition is evaluated before anything is called, so that an update of other columns costs next to nothing. */
const triggersOf = ({ table, of, id, columns, tellsInserts }: Watched): string[] => [
  `create trigger ${table}_tell_update after update on ${table} for each row when (${differs(columns)})
    execute function tenantry_tell_access('${of}', '${id}')`,
  `create trigger ${table}_tell after ${tellsInserts ? 'insert or ' : ''}delete on ${table} for each row
    execute function tenantry_tell_access('${of}', '${id}')`,
  `create trigger ${table}_tell_truncate after truncate on ${table} for each statement
    execute function tenantry_tell_access('everything', '')`,
]

/**
 * Tells whoever listens on the channel `tenantry_access` what of the gate's state has changed, once that is committed, whoever has written
 * it. The payload is `{ "schema", "of", "id" }`, without an id for a table that was emptied; Postgres sends equal ones of a transaction once.
 * With nobody listening it costs nothing but that transactions which tell something are committed one after the other, and cannot be prepared
 * for a two-phase commit.
 */
export const accessNotices: Migration = {
  name: '0015-access-notices',
  fullPostgresOnly: true,
  up: [
    `create function tenantry_tell_access() returns trigger language plpgsql as $$
    begin
      if tg_op = 'TRUNCATE' then
        perform pg_notify('tenantry_access', json_build_object('schema', tg_table_schema, 'of', 'everything')::text);
        return null;
      end if;
      if tg_op <> 'INSERT' then
        perform pg_notify('tenantry_access',
          json_build_object('schema', tg_table_schema, 'of', tg_argv[0], 'id', to_jsonb(old) ->> tg_argv[1])::text);
      end if;
      if tg_op <> 'DELETE' then
        perform pg_notify('tenantry_access',
          json_build_object('schema', tg_table_schema, 'of', tg_argv[0], 'id', to_jsonb(new) ->> tg_argv[1])::text);
      end if;
      return null;
    end
    $$`,
    ...watched.flatMap(triggersOf),
  ],
  down: [
    ...watched.flatMap(({ table }) => ['tell', 'tell_update', 'tell_truncate'].map((name) => `drop trigger ${table}_${name} on ${table}`)),
    'drop function tenantry_tell_access()',
  ],
}
