/** A row of a joined statement: the columns of several tables side by side, or all of them in one text. */
export type JoinedRow = Readonly<Record<string, unknown>>

/** The columns of one table in a joined statement, and how its row is found again in the answer. */
export interface Selection<Row> {
  /** For the select list. */
  readonly sql: string
  /** The same as items of a JSON list. */
  readonly items: string
  /** How many columns they are. */
  readonly width: number
  read(joined: JoinedRow): Row
  /** Like `read`; `null` where an outer join found no row. */
  readOptional(joined: JoinedRow): Row | null
  /** Like `readOptional`, from a list whose items begin at `start`. */
  readItems(list: readonly unknown[], start: number): Row | null
}

/** Selects the columns of a row from the table that the statement calls `alias`. The first of them must be one that is never null. */
export function selection<Row>(alias: string, columns: Columns<Row>): Selection<Row> {
  const kinds = Object.entries<Kind>(columns)
  const names = kinds.map(([column]) => [column, `${alias}_${column}`] as const)
  const read = (joined: JoinedRow): Row => {
    const row: Record<string, unknown> = {}
    for (const [column, name] of names) row[column] = joined[name]
    return row as Row
  }
  const key = names[0]?.[1] ?? ''
  return {
    sql: names.map(([column, name]) => `${alias}.${column} as ${name}`).join(', '),
    items: kinds.map(([column, kind]) => itemOf[kind](`${alias}.${column}`)).join(', '),
    width: names.length,
    read,
    readOptional: (joined) => (joined[key] === null ? null : read(joined)),
    readItems(list, start) {
      if (list[start] === null) return null
      const row: Record<string, unknown> = {}
      let at = start
      for (const [column] of names) row[column] = list[at++]
      return row as Row
    },
  }
}

/** Names every column of a row, so that none is forgotten, and of which kind it is. */
type Columns<Row> = { readonly [Column in keyof Row]-?: KindOf<Row[Column]> }

type Kind = keyof typeof itemOf
type KindOf<Value> = unknown extends Value ? 'plain' : Date extends Value ? 'moment' : bigint extends Value ? 'integer' : 'plain'

/** How a column is written as an item of a JSON list, so that it says exactly what it says as a column. */
const itemOf = {
  plain: (column: string): string => column,
  // As a number it would be rounded by the parser, before anybody could see that it does not fit.
  integer: (column: string): string => `${column}::text`,
  // Milliseconds since 1970, without the rest, as drivers do. As texts years before 1 and after 9999 have forms that no Date reads, and so have
  // the offsets of old time zones.
  moment: (column: string): string => `floor(extract(epoch from ${column}) * 1000)`,
}

/** The rows of several tables that a statement answers together. */
export interface Together<Rows> {
  /** For the select list: each column by itself. */
  readonly columns: string
  /**
   * For the select list: all columns in one JSON text, which costs a driver a third of what so many columns cost. Not on pg-mem, and at most
   * 100 columns.
   */
  readonly text: string
  /** Reads what either of them selected. */
  read(joined: JoinedRow): Rows
}

type Selections = Readonly<Record<string, Selection<unknown>>>
type RowOf<Any> = Any extends Selection<infer Row> ? Row : never
type Rows<Always, Perhaps> = { readonly [Name in keyof Always]: RowOf<Always[Name]> } & {
  readonly [Name in keyof Perhaps]: RowOf<Perhaps[Name]> | null
}

/** Selects from several tables; `null` is what an outer join did not find, for those of `perhaps`. */
export function together<Always extends Selections, Perhaps extends Selections>(
  always: Always,
  perhaps: Perhaps,
): Together<Rows<Always, Perhaps>> {
  const selections = Object.entries({ ...always, ...perhaps })
  const sqlOf = (of: 'sql' | 'items'): string => selections.map(([, each]) => each[of]).join(', ')
  return {
    columns: sqlOf('sql'),
    text: `json_build_array(${sqlOf('items')})::text as ${textName}`,
    read(joined) {
      const list = listOf(joined[textName])
      const rows: Record<string, unknown> = {}
      let start = 0
      for (const [name, each] of selections) {
        rows[name] = list === null ? each.readOptional(joined) : each.readItems(list, start)
        start += each.width
      }
      return rows as Rows<Always, Perhaps>
    },
  }
}

/** A host may let its driver parse what looks like JSON. `null` where the columns came one by one. */
function listOf(text: unknown): readonly unknown[] | null {
  if (text === undefined) return null
  return typeof text === 'string' ? JSON.parse(text) : (text as readonly unknown[])
}

/** No column of a {@link selection} is called so: their names begin with that of a table. */
const textName = 'together'
