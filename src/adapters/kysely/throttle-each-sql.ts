import type { TableName } from './schema.js'

/** Are the calls of a statement all of one cost and one rule, or of several? */
export type TakenRules = 'one' | 'several'

/**
 * Takes from keys that are asked once each, in one write for each: what `tenantry_throttle_take` decides, where a call is of one budget and a
 * whole budget has room for it. The rows are made and locked in the order of $1, which is that of the function, so that nobody waits in a
 * circle.
 *
 * The new number is worked out from `excluded.tat`, what is left of a whole budget, and `room`, what a budget holds beside `taken`. Further
 * ahead than clocks differ is as good as just used up; the other cases are that the call does not fit, and that it does.
 *
 * Postgres before 18 does not return what an update found, so the row keeps it. Of several rules, `excluded.found` is the number: -1, -2 and so
 * on. It stays in a row that was not there, where it says what nothing would: a number in the past is that of a whole budget.
 *
 * $1 the keys and $2 what each leaves of a whole budget. For one rule $3 is `room`, $4 `taken`; for several $3 is the number of the rule of
 * each key, $4 both of each rule. What is many is the text of a list.
 */
export const throttleEachSql = (table: TableName, rules: TakenRules): string => {
  const { given, columns, room, taken } = parts[rules]
  return `insert into ${table('tenantry_throttle')} as kept (key, tat${columns})
    select key, tat${columns} from unnest(($1::text)::text[], ($2::text)::bigint[]${given}) with ordinality as asked (key, tat${columns}, n) order by n
  on conflict (key) do update set found = kept.tat, tat = case
    when kept.tat - excluded.tat > ${room} + 1000000 then excluded.tat + ${room}
    when kept.tat - excluded.tat > ${room} - ${taken} then kept.tat
    else greatest(kept.tat + ${taken}, excluded.tat) end
  returning found::text`
}

/** The list is read in a query of its own, hence once and not for each row. */
const list = '((select ($4::text)::bigint[]))'
const parts = {
  one: { given: '', columns: '', room: '($3::text)::bigint', taken: '($4::text)::bigint' },
  several: {
    given: ', ($3::text)::bigint[]',
    columns: ', found',
    room: `${list}[-2 * excluded.found - 1]`,
    taken: `${list}[-2 * excluded.found]`,
  },
}
