import type { AccessChange } from '../../ports/access-notices.js'
import type { Store, StoreTransaction } from '../../ports/store/store.js'
import { overriding } from '../overriding.js'
import { accessChanges } from './access-changes.js'

type Verb = (argument: unknown) => Promise<unknown>

const changingVerbs = Object.entries(accessChanges).flatMap(([verb, changesOf]) =>
  changesOf === null ? [] : [[verb, changesOf as (argument: unknown) => readonly AccessChange[]] as const],
)

/**
 * The same store, which tells what of the gate's state it may have changed, once it has been committed (or written, in a transaction of the
 * host): also when it failed, since a change whose answer was lost may have happened.
 */
export function tellChanges(store: Store, tell: (changes: readonly AccessChange[]) => void): Store {
  const transaction: Store['transaction'] = async (work) => {
    const noted: AccessChange[] = []
    try {
      return await store.transaction((tx) => work(noting(tx, noted)))
    } finally {
      if (noted.length > 0) tell(noted)
    }
  }
  return overriding(store, { ...single(store, tell), transaction })
}

/** Verbs outside transactions, each of which is committed when it answers. */
const single = (store: Store, tell: (changes: readonly AccessChange[]) => void): Partial<Store> =>
  around(store, async (changes, run) => {
    try {
      return await run()
    } finally {
      tell(changes)
    }
  })

const noting = (tx: StoreTransaction, noted: AccessChange[]): StoreTransaction =>
  overriding(
    tx,
    around(tx, (changes, run) => {
      noted.push(...changes)
      return run()
    }),
  )

/** The changing verbs that this object has, each of them done by `how`. */
function around<Operations extends object>(
  operations: Operations,
  how: (changes: readonly AccessChange[], run: () => Promise<unknown>) => Promise<unknown>,
): Partial<Operations> {
  const verbs = changingVerbs.flatMap(([name, changesOf]) => {
    const verb = Reflect.get(operations, name) as Verb | undefined
    if (verb === undefined) return []
    return [[name, (argument: unknown) => how(changesOf(argument), () => verb.call(operations, argument))] as const]
  })
  return Object.fromEntries(verbs) as Partial<Operations>
}
