import { emptyLedger, type Grant, grant, type Ledger, type Stamp } from '../../domain/ledger.js'
import type { Subscription } from '../../domain/subscription.js'
import type { AccountState, NewAccount } from '../../ports/store/accounts.js'
import type { Position } from '../../ports/store/position.js'
import type { Store, StoreTransaction } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { sequentialIds } from '../sequential-ids.js'

/** The cases about one noun: a sentence, and what shows on a fresh store that it holds. */
export type StoreCases = Readonly<Record<string, (store: Store) => Promise<void>>>

/** The moment `milliseconds` after the moment of the samples, which has milliseconds of its own. */
export const at = (milliseconds = 0): Date => new Date(samples.user().createdAt.getTime() + milliseconds)

/** JSON that a careless mapping, quoting or parameter loses. */
export const awkwardJson: Record<string, unknown> = {
  text: `Zoë's "quoted" \\ back\\slash, 漢字 🦊, $1 ? :name -- /* */ ; %s`,
  lines: 'one\ntwo\ttabbed',
  $1: '$2',
  "it's": { 'a.b': [1, -0.5, true, null, 'x', [], {}, { deep: { deeper: 'deepest' } }] },
  empty: {},
  largest: Number.MAX_SAFE_INTEGER,
  text2: '{"not": "parsed"}',
}

const newId = sequentialIds('made-')

/** A source of ids and the moment `milliseconds` after that of the samples. */
export const stampAt = (milliseconds = 0): Stamp => ({ now: at(milliseconds), newId })

/** What an account of the world has beside its plan and its owner. */
export interface Possessions extends Partial<NewAccount> {
  readonly subscription?: Partial<Subscription>
  readonly grants?: readonly Grant[]
  readonly settlesAt?: Date | null
}

/** Adds an account with its plan, its owner and what else it has. Its owner is called after it, `account-2:owner`. */
export async function addAccount(
  store: Store,
  { subscription, grants = [], settlesAt = null, ...overrides }: Possessions = {},
): Promise<void> {
  const id = overrides.id ?? 'account-1'
  const ownerId = `${id}:owner`
  await store.upsertPlan(samples.planContent())
  await store.addUser(samples.newUser({ id: ownerId, email: `${id}@example.com` }))
  await store.transaction(async (tx) => {
    await tx.addAccount(samples.newAccount({ id, ownerId, ...overrides }))
    await tx.addMembership(samples.membership({ accountId: id, userId: ownerId }))
    if (subscription !== undefined) {
      await tx.saveSubscription(samples.subscription({ id: `${id}:subscription`, accountId: id, ...subscription }))
    }
    const before = emptyLedger(id)
    const ledger = grants.reduce((next, content) => grant(next, content, stampAt()), before)
    if (grants.length > 0) await tx.saveLedger({ before, after: { ledger, fingerprints: {} }, settlesAt })
  })
}

/** Changes the ledger of an account by a rule, as a service does: locked, changed, saved. */
export async function changeLedger(
  store: Store,
  change: (ledger: Ledger) => Ledger,
  { accountId = 'account-1', settlesAt = null, fingerprints = {} }: LedgerSaving = {},
): Promise<void> {
  await store.transaction(async (tx) => {
    const { ledger: before } = await locked(tx, accountId)
    await tx.saveLedger({ before, after: { ledger: change(before), fingerprints }, settlesAt })
  })
}

interface LedgerSaving {
  readonly accountId?: string
  readonly settlesAt?: Date | null
  readonly fingerprints?: Readonly<Record<string, string>>
}

/** Locks an account that is there. */
export async function locked(tx: StoreTransaction, accountId = 'account-1'): Promise<AccountState> {
  return present(await tx.lockAccount(accountId))
}

/** The state of an account that is there. */
export async function stateOf(store: Store, accountId = 'account-1'): Promise<AccountState> {
  return present(await store.findAccountState(accountId))
}

/** The value, which the case takes for granted. */
export function present<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('the store did not find what was just written')
  return value
}

/** Reads a whole list, page by page. */
export async function readPages<Item>(
  limit: number,
  readPage: (page: { before: Position | null; limit: number }) => Promise<readonly Item[]>,
  positionOf: (item: Item) => Position,
): Promise<Item[][]> {
  const pages: Item[][] = []
  for (let before: Position | null = null; ; ) {
    const page = await readPage({ before, limit })
    if (page.length === 0) return pages
    pages.push([...page])
    before = positionOf(present(page.at(-1)))
  }
}

/** Calls `act` with 0, 1, 2 … all at once. */
export const atOnce = <Result>(times: number, act: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: times }, (_, index) => act(index)))

/** How many of the answers are `answer`. */
export const count = <Answer>(answers: readonly Answer[], answer: Answer): number => answers.filter((given) => given === answer).length
