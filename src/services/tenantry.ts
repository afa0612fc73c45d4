import type { AccessDecision } from '../domain/access.js'
import type { Actor } from '../domain/actor.js'
import type { Catalogue, Plan, PlanSlug, ThrottleName, ThrottleRule } from '../domain/plan.js'
import type { Store } from '../ports/store/store.js'
import type { AccessSubject } from './access/validate-account-and-plan.js'
import type * as io from './inputs-and-results.js'
import type { DueOperations } from './lifecycle/due-operations.js'
import type { TransferOperations } from './payments/transfer-operations.js'
import type { TenantryApiKeys } from './tenantry-api-keys.js'
import type { TenantryRecords } from './tenantry-records.js'
import type { TenantrySubscriptions } from './tenantry-subscriptions.js'

/** The scopes that are known by name; any text where there are none. */
type ScopeName<C extends Catalogue, Scope extends string> = [ThrottleName<C> | Scope] extends [never] ? string : ThrottleName<C> | Scope

/** The slugs that are known by name; any text without a catalogue. */
type Slug<C extends Catalogue> = PlanSlug<C>

type WithScope<Input, C extends Catalogue, Scope extends string> = Omit<Input, 'scope'> & {
  /** One scope, or up to eight that are taken from together, all or none. */
  readonly scope: ScopeName<C, Scope> | readonly ScopeName<C, Scope>[]
}
type WithThrottles<Input, C extends Catalogue, Scope extends string> = Omit<Input, 'throttles'> & {
  /** By scope: its rule, or `null` to go back to the plan's. */
  readonly throttles: Readonly<Partial<Record<ScopeName<C, Scope>, ThrottleRule | null>>>
}
type WithSlug<Input, C extends Catalogue> = Omit<Input, 'slug'> & { readonly slug: Slug<C> }

/**
 * Tenancy and billing, bound to one store, clock and set of options. Every operation takes one object; operations that ask who does it take
 * an {@link Actor} from your authenticated context as well. Commands throw a `TenantryError`; questions answer.
 */
export interface Tenantry<C extends Catalogue = Catalogue, Scope extends string = never>
  extends TenantrySubscriptions<C>,
    TransferOperations<C>,
    DueOperations,
    TenantryApiKeys,
    TenantryRecords {
  /**
   * The same operations inside the host's own transaction: `withStore(kyselyStore(trx))`. They commit and roll back with the host's writes,
   * and begin, commit and roll back nothing themselves.
   */
  withStore(store: Store): Tenantry<C, Scope>

  /**
   * Writes the catalogue's plans into the store: inserts those it does not know and updates the rest, by slug. Safe to run at every start
   * and in many processes at once. Plans that are not in the catalogue stay as they are.
   *
   * @throws TenantryError `invalid_input` when a plan of the catalogue is not one; nothing is written then
   */
  syncPlans(catalogue?: Catalogue): Promise<io.SyncPlansResult>
  /** Writes the plan of the free trial, see {@link freeTrialPlan}; if it exists, it is brought up to date. */
  createFreeTrialPlan(): Promise<{ plan: Plan }>
  /** Lists all plans, active or not, newest first. */
  listPlans(input?: io.ListPlansInput): Promise<io.ListPlansResult>
  /**
   * Takes a plan off sale, or puts it back. Accounts on an inactive plan are refused by the gate with `plan_inactive` from the next call on.
   *
   * @throws TenantryError `forbidden` unless the actor is an administrator or the system, `plan_not_found`
   */
  setPlanActive(input: WithSlug<io.SetPlanActiveInput, C>, actor: Actor): Promise<io.SetPlanActiveResult>

  /**
   * Signs a customer up on the free trial, in one transaction: the person, their account on the trial plan, the ownership, a `trialing`
   * subscription, the trial's credits with one ledger entry, and a session. No plan is asked for and no card. An address has one trial for
   * ever, also after its person was deleted, and so have fingerprints and what `trial.eligibility` claims; keyed hashes of them are kept.
   *
   * @throws TenantryError `email_taken` when the address, in any spelling, is registered; `trial_used`; `trial_refused`; `invalid_input`;
   *   `external_user_id_taken`; `plan_not_found` when the trial plan was not created; `plan_inactive` when it is not active
   */
  registerTrial(input: io.RegisterTrialInput): Promise<io.RegisterTrialResult>
  /**
   * Makes an administrator of the platform, who may confirm payments and suspend accounts. Safe to run at every start.
   *
   * A customer with the same address is not promoted unless `promote` says so: whoever registers an administrator's address first must not
   * become one.
   *
   * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `email_taken`; `invalid_input`
   */
  createAdmin(input: io.CreateAdminInput, actor: Actor): Promise<io.CreateAdminResult>
  /**
   * Signs a person in. Every failure (unknown address, wrong password, a person who signs in elsewhere, a suspended or cancelled account) gets
   * one and the same answer after the same work: one comparison of the password and the same questions to the store.
   *
   * Failures are counted by the rules of `signIn`, before the password is compared, and right passwords are not. A person whose budget is
   * used up gets that same answer, with the right password too. Failures of strangers do not count at a client address from which the person
   * has signed in before. Pass `ip`: without it, or with text that is no address, strangers who try for long enough lock the person out.
   *
   * An account whose trial or paid time is over can be signed in to, also when it is suspended for that; the gate decides what it may do.
   *
   * @throws TenantryError `invalid_credentials`; `throttled` when the client has failed too often, whoever it tried to be, or too many of its
   *   sign-ins wait; `invalid_input`
   */
  login(input: io.LoginInput): Promise<io.LoginResult>
  /** Ends the session of a token. */
  logout(input: io.LogoutInput): Promise<io.LogoutResult>
  /**
   * Ends all sessions of a person: their own wish, or an administrator's.
   *
   * @throws TenantryError `user_not_found`, also for an actor who is another customer
   */
  revokeSessions(input: io.RevokeSessionsInput, actor: Actor): Promise<io.RevokeSessionsResult>
  /**
   * Changes a person's password and ends their other sessions, in one transaction. No client address is known of the person any more but `ip`.
   *
   * Failures are counted by the rule `signIn.perPerson`, apart from those of sign-ins: a stolen session does not help to guess the password.
   *
   * @throws TenantryError `invalid_credentials` when `current` is wrong or there is no such person; `invalid_input` when `next` is not good
   *   enough; `conflict` when the password was changed at the same moment; `throttled` when `current` was wrong too often
   */
  changePassword(input: io.ChangePasswordInput): Promise<io.ChangePasswordResult>

  /**
   * The gate: may this account act now, and on which plan? The answer depends on the stored state and the clock alone. A `no` is an answer,
   * not an error, also to a subject that is none; ids cost one look-up, objects none.
   */
  validateAccountAndPlan(subject: AccessSubject): Promise<AccessDecision>
  /**
   * Who calls, and may their account act now? For session tokens and API keys alike, through the same gate, in one round trip to the
   * database; a credential that cannot be one by its form costs none. A refusal says in `caller` who was refused, where that is known.
   */
  authenticate(input: io.AuthenticateInput): Promise<io.AuthenticateResult>
  /**
   * Is the caller an administrator of the platform, signed in? The role is read now, not when the session began. An API key never is one,
   * even if its account belongs to an administrator. No account is asked for, so the gate has no part in it.
   */
  authenticateAdmin(input: io.AuthenticateAdminInput): Promise<io.AuthenticateAdminResult>
  /**
   * What a middleware calls: who is it, may the account act now, and does the call fit into the account's budget?
   *
   * Callers who are not known are counted by client address and refused with 401, or 429 when they try too often. A request without a
   * credential is one of them; throttle public routes with `throttle` instead. Calls that the gate refuses count against the account's budget
   * like any other, so that they cannot be repeated without end; `caller` of a refusal says who was refused, to lead them to where they pay.
   *
   * @throws TenantryError `invalid_input`
   */
  authorize(input: WithScope<io.AuthorizeInput, C, Scope> & { readonly accountId?: undefined }): Promise<io.AuthorizeResult<io.Principal>>
  /** The same for the host's own jobs, which act by `accountId` and are nobody. */
  authorize(input: WithScope<io.AuthorizeInput, C, Scope>): Promise<io.AuthorizeResult>
  /**
   * Takes a call from the caller's budget, or says that it does not fit; a call that does not fit takes nothing. Of several scopes it takes
   * from all budgets or from none. All sessions and keys of an account share its budget, which is the account's own rule for the scope, else
   * the plan's, else the host's default. Anonymous callers have one by client address.
   *
   * `cost` is how many calls it counts for, 1 when left out; one above the rule's burst never fits, however often it is tried: split such a call.
   *
   * @throws TenantryError `account_not_found`, `invalid_input`
   */
  throttle(input: WithScope<io.ThrottleInput, C, Scope>): Promise<io.ThrottleResult>

  /**
   * Looks an account up as it is, whatever the gate says of it; for the host's own pages and for support.
   *
   * @throws TenantryError `account_not_found`, `invalid_input`
   */
  getAccount(input: io.GetAccountInput): Promise<io.GetAccountResult>
  /**
   * Stops an account: the very next gate call, API key and spend is refused. Suspending a suspended account changes nothing.
   *
   * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `account_not_found`;
   *   `invalid_transition` for a cancelled account
   */
  suspendAccount(input: io.SuspendAccountInput, actor: Actor): Promise<io.AccountStatusResult>
  /**
   * Gives a suspended or cancelled account back the status that its subscription implies. Whether it may act is again the gate's answer.
   *
   * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `account_not_found`;
   *   `invalid_transition` for an account that is neither suspended nor cancelled
   */
  reinstateAccount(input: io.ReinstateAccountInput, actor: Actor): Promise<io.AccountStatusResult>
  /**
   * Closes an account for good, at the wish of the customer or of the host. Nothing is deleted. Cancelling a cancelled account changes
   * nothing.
   *
   * @throws TenantryError `account_not_found`, also for an actor who has no part in the account; `forbidden` for members who do not manage it
   */
  cancelAccount(input: io.CancelAccountInput, actor: Actor): Promise<io.AccountStatusResult>
  /**
   * Gives an account throttles of its own, which count before those of its plan: scopes that are named are set, those that are `null` go back to
   * the plan's, all others stay. The next call of the account is counted by them.
   *
   * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `account_not_found`; `invalid_input`, also when the
   *   account would have more than 50
   */
  setAccountThrottles(input: WithThrottles<io.SetAccountThrottlesInput, C, Scope>, actor: Actor): Promise<io.SetAccountThrottlesResult>

  /**
   * Gives an account credits, once per key.
   *
   * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `account_not_found`; `idempotency_mismatch`;
   *   `invalid_input`, also when the balance would pass 2^53 - 1 or the credits would have expired already
   */
  grantCredits(input: io.GrantCreditsInput, actor: Actor): Promise<io.GrantCreditsResult>
  /**
   * Takes credits from an account, once per key, in one SQL statement. The balance never goes below zero, and credits that have expired are
   * not spent, whether or not a job has run.
   *
   * @throws TenantryError `insufficient_credits`; `account_suspended`; `account_cancelled`; `account_not_found`; `idempotency_mismatch`;
   *   `conflict`; `invalid_input`
   */
  spendCredits(input: io.SpendCreditsInput): Promise<io.SpendCreditsResult>
  /**
   * Sets credits aside for work of unknown cost, once per key. They cannot be spent by anything else until the reservation is settled or
   * released, or has expired: a job that dies gives its credits back.
   *
   * @throws TenantryError `insufficient_credits`; `account_suspended`; `account_cancelled`; `account_not_found`; `idempotency_mismatch`;
   *   `limit_reached` when the account has 1,000 open reservations; `invalid_input`
   */
  reserveCredits(input: io.ReserveCreditsInput): Promise<io.ReserveCreditsResult>
  /**
   * Ends a reservation with what the work has cost: that much is spent, the rest goes back. A reservation ends once; settling it again with
   * the same `actual` answers the first result. Work that was begun is paid for also when the account has been suspended since.
   *
   * @throws TenantryError `reservation_not_found`; `reservation_closed` when it was released, has expired, or was settled with another
   *   `actual`; `invalid_input`, also for more than was reserved
   */
  settleReservation(input: io.SettleReservationInput): Promise<io.SettleReservationResult>
  /**
   * Ends a reservation whose work did not happen: all of it goes back. Releasing it again answers the first result.
   *
   * @throws TenantryError `reservation_not_found`; `reservation_closed` when it was settled or has expired; `invalid_input`
   */
  releaseReservation(input: io.ReleaseReservationInput): Promise<io.ReleaseReservationResult>
  /**
   * Gives spent credits back, once per key and never more than was spent, all refunds of an entry together. They last as long as the
   * account's newest plan credits, or for ever where it has none or they are over.
   *
   * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `entry_not_found`; `idempotency_mismatch`;
   *   `invalid_input`, also for an entry that is not usage and for more than is left to give back
   */
  refundCredits(input: io.RefundCreditsInput, actor: Actor): Promise<io.RefundCreditsResult>
  /**
   * Corrects a balance by hand, once per key, with the reason in the ledger and in the audit log. Added credits never expire; taken ones
   * leave in burn order and never below zero.
   *
   * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `account_not_found`; `insufficient_credits`;
   *   `idempotency_mismatch`; `invalid_input`
   */
  adjustCredits(input: io.AdjustCreditsInput, actor: Actor): Promise<io.AdjustCreditsResult>
  /**
   * What an account can spend now: expired lots do not count and the credits of a paid month that has begun do, whether or not anything has
   * been written about either yet. Reads only.
   *
   * @throws TenantryError `account_not_found`, `invalid_input`
   */
  creditBalance(input: io.CreditBalanceInput): Promise<io.CreditBalanceResult>
  /**
   * Lists an account's ledger, newest first. The cursor is stable: entries that come later never shift a page.
   *
   * @throws TenantryError `account_not_found`, `invalid_input`
   */
  listCreditEntries(input: io.ListCreditEntriesInput): Promise<io.ListCreditEntriesResult>
  /**
   * What an account has used in `[from, to)`, by day in UTC, by operation, by user or by API key: spends, settled reservations and their
   * refunds. It costs what the account's own entries of that time cost to read, however many others there are.
   *
   * @throws TenantryError `account_not_found`; `invalid_input`, also when a sum would pass 2^53 - 1
   */
  usageReport(input: io.UsageReportInput): Promise<io.UsageReportResult>

  /**
   * Lists administrative acts, newest first: who did what, why, and what changed.
   *
   * @throws TenantryError `account_not_found`, `invalid_input`
   */
  listAuditEntries(input?: io.ListAuditEntriesInput): Promise<io.ListAuditEntriesResult>
  /**
   * Proves the books right, or names what is wrong and where: every balance is the sum of its entries and of its lots, entries are numbered
   * without gaps and each starts from the balance of the one before, and lots, reservations and refunds are what entries say; see
   * {@link BookInvariant} for every rule. Reads in batches, each as of one moment, and hinders nobody. Inside a transaction of the host it
   * sees what that sees: begin it at repeatable read, or what is spent meanwhile looks like a fault.
   *
   * Entries are read in pages. What is kept in memory is one account's lots and reservations, and 12 to 24 bytes for each of its entries, to
   * see that no key is there twice.
   *
   * @throws TenantryError `account_not_found`, `invalid_input`
   */
  verifyBooks(input?: io.VerifyBooksInput): Promise<io.VerifyBooksResult>

  /**
   * Settles when what is done beside the calls has been written: when API keys were last used. Await it before a short process ends; it never
   * fails.
   */
  flush(): Promise<void>
}
