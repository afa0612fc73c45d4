/**
 * One step of the schema, in plain SQL without a schema's name: whoever runs it sets the `search_path`. A migration that has been
 * published never changes.
 */
export interface Migration {
  readonly name: string
  /** Statements, in order. */
  readonly up: readonly string[]
  /** Undoes `up`, and loses what the tables hold. */
  readonly down: readonly string[]
  /** Only for a full Postgres (a server, or PGlite): what pg-mem does not have, or gets wrong, and goes without. */
  readonly fullPostgresOnly?: true
  /** What its tables hold comes back by itself, and may be dropped without `force`. */
  readonly forgettable?: true
}
