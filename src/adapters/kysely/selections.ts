/** A row of a joined statement: the columns of several tables side by side. */
export type JoinedRow = Readonly<Record<string, unknown>>

/** The columns of one table in a joined statement, and how its row is found again in the answer. */
export interface Selection<Row> {
  /** For the select list. */
  readonly sql: string
  read(joined: JoinedRow): Row
  /** Like `read`; `null` where an outer join found no row. */
  readOptional(joined: JoinedRow): Row | null
}

/** Selects the columns of a row from the table that the statement calls `alias`. The first of them must be one that is never null. */
export function selection<Row>(alias: string, columns: Columns<Row>): Selection<Row> {
  const names = Object.keys(columns).map((column) => [column, `${alias}_${column}`] as const)
  const read = (joined: JoinedRow): Row => {
    const row: Record<string, unknown> = {}
    for (const [column, name] of names) row[column] = joined[name]
    return row as Row
  }
  const key = names[0]?.[1] ?? ''
  return {
    sql: names.map(([column, name]) => `${alias}.${column} as ${name}`).join(', '),
    read,
    readOptional: (joined) => (joined[key] === null ? null : read(joined)),
  }
}

/** Names every column of a row, so that none is forgotten. */
type Columns<Row> = { readonly [Column in keyof Row]-?: true }
