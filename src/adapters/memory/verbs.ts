import { invariant } from '../../errors.js'
import { copy } from './copy.js'

/** Operations as they are done on the tables: at once, without waiting. */
export type Verbs<Operations> = {
  readonly [Name in keyof Operations]: Operations[Name] extends (...args: infer Args) => Promise<infer Result>
    ? (...args: Args) => Result
    : never
}

/** Runs one verb, now or when its turn has come. */
export type Run = <Result>(verb: () => Result) => Promise<Result>

/** The operations that do these verbs through `run`. What goes in and what comes out is copied. */
export function operations<Operations>(verbs: Verbs<Operations>, run: Run): Operations {
  const promised = Object.entries(verbs).map(([name, verb]) => {
    invariant(typeof verb === 'function', `${name} is a verb`)
    const operation = (...args: unknown[]): Promise<unknown> => {
      const given = copy(args)
      return run(() => copy(verb(...given) as unknown))
    }
    return [name, operation] as const
  })
  return Object.fromEntries(promised) as Operations
}
