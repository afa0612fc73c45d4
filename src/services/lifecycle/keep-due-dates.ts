import { type DueRules, type DueState, isAhead, nextDueAt } from '../../domain/due.js'
import type { Subscription } from '../../domain/subscription.js'
import { invariant } from '../../errors.js'
import type { AccountChange, AccountState, DueDate, LedgerChange } from '../../ports/store/accounts.js'
import type { Store, StoreTransaction } from '../../ports/store/store.js'
import type { Settings } from '../context.js'
import { overriding } from '../overriding.js'

/** The host's choices on which it depends when time brings something. */
export const dueRulesOf = ({ trial, billing }: Settings): DueRules => ({
  remindDaysBefore: trial.remindDaysBefore,
  graceDays: billing.graceDays,
})

/**
 * The same store, whose transactions leave every account that they changed with the right next date. So no operation has to think of it, and
 * none can forget it.
 */
export function keepDueDates(store: Store, rules: DueRules): Store {
  const transaction: Store['transaction'] = (work) =>
    store.transaction(async (tx) => {
      const watch = watchAccounts(tx)
      const result = await work(watch.tx)
      await saveChangedDates(tx, watch.accounts, rules)
      return result
    })
  return overriding(store, { transaction })
}

/** What is known of an account that the transaction holds. */
interface WatchedAccount extends Omit<DueState, 'paymentsDueAt'> {
  readonly paymentDueAt: Date | null
  /** Have payments been written, so that the stored ones have to be looked at again? */
  readonly isPaymentStale: boolean
  /** As it is stored. */
  readonly nextDueAt: Date | null
}

type WatchedAccounts = Map<string, WatchedAccount>

/** The same transaction, which remembers what is done to accounts. */
function watchAccounts(tx: StoreTransaction): { tx: StoreTransaction; accounts: WatchedAccounts } {
  const accounts: WatchedAccounts = new Map()
  const note = (accountId: string, change: Partial<WatchedAccount>): void => {
    const known = accounts.get(accountId)
    invariant(known !== undefined, `account ${accountId} is changed without having been locked`)
    accounts.set(accountId, { ...known, ...change })
  }
  const noteState = (state: AccountState): void => void accounts.set(state.account.id, watched(state))
  const watching: Partial<StoreTransaction> = {
    async lockAccount(accountId) {
      const state = await tx.lockAccount(accountId)
      if (state !== null) noteState(state)
      return state
    },
    async lockDueAccounts(due) {
      const states = await tx.lockDueAccounts(due)
      states.forEach(noteState)
      return states
    },
    addAccount(account) {
      accounts.set(account.id, { ...untouched, status: account.status })
      return tx.addAccount(account)
    },
  }
  const writing = writingVerbs(tx, note)
  return { tx: overriding(tx, { ...watching, ...writing }), accounts }
}

type Note = (accountId: string, change: Partial<WatchedAccount>) => void

/** The verbs on which it may depend when an account is due next. */
function writingVerbs(tx: StoreTransaction, note: Note): Partial<StoreTransaction> {
  const noteAccount = ({ accountId, status }: AccountChange): void => {
    if (status !== undefined) note(accountId, { status })
  }
  const noteSubscription = (subscription: Subscription): void => note(subscription.accountId, { subscription })
  const noteLedger = ({ before, settlesAt }: LedgerChange): void => note(before.accountId, { settlesAt })
  return {
    saveAccount: noting(noteAccount, tx.saveAccount),
    saveAccounts: notingEach(noteAccount, tx.saveAccounts),
    saveSubscription: noting(noteSubscription, tx.saveSubscription),
    saveSubscriptions: notingEach(noteSubscription, tx.saveSubscriptions),
    saveLedger: noting(noteLedger, tx.saveLedger),
    saveLedgers: notingEach(noteLedger, tx.saveLedgers),
    savePayment: noting(({ payment }) => note(payment.accountId, { isPaymentStale: true }), tx.savePayment),
    saveDueDates: notingEach(({ accountId, ...date }) => note(accountId, date), tx.saveDueDates),
  }

  function noting<Change>(noteChange: (change: Change) => void, save: (change: Change) => Promise<void>) {
    return (change: Change): Promise<void> => {
      noteChange(change)
      return save.call(tx, change)
    }
  }
  function notingEach<Change>(noteChange: (change: Change) => void, save: (changes: readonly Change[]) => Promise<void>) {
    return noting<readonly Change[]>((changes) => changes.forEach(noteChange), save)
  }
}

const watched = ({ account, subscription, settlesAt, paymentDueAt, livedUntil, nextDueAt: stored }: AccountState): WatchedAccount => ({
  status: account.status,
  subscription,
  settlesAt,
  paymentDueAt,
  isPaymentStale: false,
  livedUntil,
  nextDueAt: stored,
})

/** A new account, but for its status. */
const untouched: Omit<WatchedAccount, 'status'> = {
  subscription: null,
  settlesAt: null,
  paymentDueAt: null,
  isPaymentStale: false,
  livedUntil: null,
  nextDueAt: null,
}

async function saveChangedDates(tx: StoreTransaction, accounts: WatchedAccounts, rules: DueRules): Promise<void> {
  await refreshPayments(tx, accounts)
  const changed: DueDate[] = []
  for (const [accountId, { paymentDueAt, nextDueAt: stored, ...state }] of accounts) {
    const next = nextDueAt({ ...state, paymentsDueAt: paymentDueAt === null ? [] : [paymentDueAt] }, rules)
    if (next?.getTime() !== stored?.getTime()) changed.push({ accountId, livedUntil: state.livedUntil, nextDueAt: next })
  }
  if (changed.length > 0) await tx.saveDueDates(changed)
}

async function refreshPayments(tx: StoreTransaction, accounts: WatchedAccounts): Promise<void> {
  const stale = [...accounts].filter(([, { isPaymentStale }]) => isPaymentStale).map(([accountId]) => accountId)
  if (stale.length === 0) return
  const expected = await tx.listExpectedPayments(stale)
  for (const [id, account] of accounts) {
    if (!account.isPaymentStale) continue
    const ahead = expected.find(({ accountId, dueAt }) => accountId === id && dueAt !== null && isAhead(dueAt, account.livedUntil))
    accounts.set(id, { ...account, paymentDueAt: ahead?.dueAt ?? null })
  }
}
