import type { Migration } from './migration.js'

/**
 * The budgets of `kyselyThrottleStore`, and the function that takes from them. A full Postgres only: pg-mem has neither unlogged tables nor
 * a language to write the function in.
 *
 * The table is unlogged: no call waits for the disk, and after a crash of the server every budget is whole. Half of each page is kept free,
 * and no index holds `tat` or `found`, so that an update stays in its page (HOT). `found` is for the statement that takes from a key alone:
 * what it found there, which it could not answer otherwise. The function names the table with its schema, because it must find it
 * whatever the `search_path` of who calls it; hence the `format`.
 *
 * `tenantry_throttle_take` decides calls in order, each as a whole: $1 are their keys, each once, and in the order in which everybody locks
 * them; $2 holds for each call its moment, the number of its budgets, and for each of those the place of its key in $1, from 1, what is taken
 * from it, and how much it holds, all in microseconds. It answers what it found under the keys, in their order, by which the caller works
 * out what was decided, with the rule that this here follows: `decideGcraTogether`.
 *
 * The first insert finds the keys, makes those that are missing, and locks all of them, one after the other. Two steps, such as to lock what
 * is there and then to make what is missing, would let two callers wait for each other.
 */
export const throttle: Migration = {
  name: '0014-throttle',
  fullPostgresOnly: true,
  forgettable: true,
  up: [
    'create unlogged table tenantry_throttle (key text collate "C" primary key, tat bigint, found bigint) with (fillfactor = 50)',
    `do $do$ begin execute format($make$
    create function tenantry_throttle_take(keys text[], calls bigint[]) returns text language plpgsql as $$
    declare
      found bigint[];
      tats bigint[];
      levels bigint[];
      level bigint;
      now bigint;
      fits boolean;
      first int;
      last int := 0;
    begin
      with held as (
        insert into %1$I.tenantry_throttle as kept (key) select asked.key from unnest(keys) with ordinality as asked (key, n) order by n
        on conflict (key) do update set tat = kept.tat returning tat
      )
      select array_agg(tat) into found from held;
      tats := found;
      while last < cardinality(calls) loop
        now := calls[last + 1];
        first := last + 3;
        last := last + 2 + 3 * calls[last + 2];
        fits := true;
        for at in first .. last by 3 loop
          level := greatest(tats[calls[at]] - now, 0);
          -- Further ahead than clocks differ: as good as just used up.
          levels[at] := case when level > calls[at + 2] + 1000000 then calls[at + 2] else level end;
          fits := fits and (calls[at + 1] <= 0 or levels[at] + calls[at + 1] <= calls[at + 2]);
        end loop;
        for at in first .. last by 3 loop
          level := case when fits then greatest(levels[at] + calls[at + 1], 0) else levels[at] end;
          tats[calls[at]] := case when level > 0 then now + level end;
        end loop;
      end loop;
      insert into %1$I.tenantry_throttle as kept (key, tat) select * from unnest(keys, tats)
      on conflict (key) do update set tat = excluded.tat where kept.tat is distinct from excluded.tat;
      return found;
    end
    $$ $make$, current_schema()); end $do$`,
  ],
  down: ['drop function tenantry_throttle_take(text[], bigint[])', 'drop table tenantry_throttle'],
}
