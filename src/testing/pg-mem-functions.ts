import { createHash } from 'node:crypto'

/** Where pg-mem takes functions that it lacks. What they are described with are types of pg-mem. */
export interface PgMemFunctions {
  registerFunction(description: never): unknown
}

const functions = [
  {
    name: 'byteacat',
    args: ['bytea', 'bytea'],
    returns: 'bytea',
    implementation: (left: Buffer, right: Buffer) => Buffer.concat([left, right]),
  },
  { name: 'sha256', args: ['bytea'], returns: 'bytea', implementation: (bytes: Buffer) => createHash('sha256').update(bytes).digest() },
  {
    name: 'decode',
    args: ['text', 'text'],
    returns: 'bytea',
    implementation: (text: string, encoding: BufferEncoding) => Buffer.from(text, encoding),
  },
]

const taught = new WeakSet<PgMemFunctions>()

/** Teaches pg-mem the functions of Postgres on bytes that our statements call. */
export function teachBytes(schema: PgMemFunctions): void {
  if (taught.has(schema)) return
  taught.add(schema)
  for (const description of functions) schema.registerFunction(description as never)
}
