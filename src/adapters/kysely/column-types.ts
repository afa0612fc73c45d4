import type { ColumnType } from 'kysely'

/** A `bigint`: drivers give it as a string, a number or a bigint. */
export type Integer = ColumnType<string | number | bigint, number, number>
/** A `bigint` that may be empty. */
export type NullableInteger = ColumnType<string | number | bigint | null, number | null, number | null>
/** A `bytea`: drivers give it as bytes, or as text like `\x00ff`. */
export type Bytes = ColumnType<Uint8Array | string, Uint8Array, Uint8Array>
/** A `jsonb`: drivers give it as text or as what the text says. */
export type Json = ColumnType<unknown, string, string>
