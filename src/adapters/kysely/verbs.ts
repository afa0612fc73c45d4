import type { Connection } from './connection.js'

/** Operations of the port before they know their connection. */
export type Verbs<Operations> = {
  readonly [Name in keyof Operations]: Operations[Name] extends (...input: infer Input) => Promise<infer Result>
    ? (connection: Connection, ...input: Input) => Promise<Result>
    : never
}

/** Runs the verb called `operation` on a connection. */
export type Run = <Result>(operation: string, verb: (connection: Connection) => Promise<Result>) => Promise<Result>

type AnyVerb = (connection: Connection, ...input: unknown[]) => Promise<unknown>

/** The operations that run these verbs through `run`. */
export function operations<Operations>(verbs: Verbs<Operations>, run: Run): Operations {
  const bound = Object.entries(verbs as Record<string, AnyVerb>).map(([operation, verb]) => [
    operation,
    (...input: unknown[]) => run(operation, (connection) => verb(connection, ...input)),
  ])
  return Object.fromEntries(bound) as Operations
}

/** The port's verbs that only look are called so; all others write. */
export const onlyReads = (operation: string): boolean => /^(count|find|list|read|sum)[A-Z]/.test(operation)
