import type { Store } from 'tenantry'

/** One question or change that the library asks of its store. */
export interface StoreCall {
  readonly verb: string
  readonly argument: unknown
}

/** Makes the call, or something else in its place. */
export type Around = (call: StoreCall, proceed: () => Promise<unknown>) => Promise<unknown>

type Callback = (inner: object) => Promise<unknown>

/** A store whose every verb, inside a transaction or snapshot too, goes through `around`. */
export const wrappedStore = (store: Store, around: Around): Store => wrapped(store, around)

function wrapped<Verbs extends object>(verbs: Verbs, around: Around): Verbs {
  const entries = Object.entries(verbs).map(([verb, run]: [string, (argument: unknown) => Promise<unknown>]) => {
    const call = (argument: unknown): Promise<unknown> =>
      verb === 'transaction' || verb === 'snapshot'
        ? run((inner: object) => (argument as Callback)(wrapped(inner, around)))
        : around({ verb, argument }, () => run(argument))
    return [verb, call]
  })
  return Object.fromEntries(entries) as Verbs
}

/** A store that writes down what it was asked. */
export function recordingStore(store: Store): { store: Store; calls: StoreCall[] } {
  const calls: StoreCall[] = []
  const recorded = wrappedStore(store, (call, proceed) => {
    calls.push(call)
    return proceed()
  })
  return { store: recorded, calls }
}
