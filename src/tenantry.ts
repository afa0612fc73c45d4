import { memoryThrottleStore } from './adapters/memory/throttle-store.js'
import { bcryptHasher, secureRandomBytes, systemClock, uuidv7 } from './adapters/node/index.js'
import type { AccessDecision } from './domain/access.js'
import type { Actor } from './domain/actor.js'
import type { Catalogue, Plan, PlanSlug, ThrottleName, ThrottleRule } from './domain/plan.js'
import type { Clock, IdSource, Logger, PasswordHasher, RandomBytes } from './ports/runtime.js'
import type { Store } from './ports/store/store.js'
import type { ThrottleStore } from './ports/throttle-store.js'
import * as s from './services/index.js'

/** What `createTenantry` takes; only `store` is required. */
export interface TenantryOptions<C extends Catalogue = Catalogue, Scope extends string = never>
  extends Omit<s.SettingsInput, 'throttling'> {
  /** Where everything is kept: `kyselyStore(db)`, or `memoryStore()` for tests and trying out. */
  readonly store: Store
  /** The plans, as `definePlans` declares them; their names become types. Write them into the store with `syncPlans()`. */
  readonly plans?: C
  /** How calls are throttled where the plan says nothing. */
  readonly throttling?: Omit<NonNullable<s.SettingsInput['throttling']>, 'defaults'> & {
    readonly defaults?: Readonly<Record<Scope, ThrottleRule>>
  }
  /** bcrypt of cost 12 in two worker threads when left out. */
  readonly passwords?: PasswordHasher
  /** In the memory of this process when left out. */
  readonly throttles?: ThrottleStore
  readonly clock?: Clock
  readonly newId?: IdSource
  readonly randomBytes?: RandomBytes
  /** Silent when left out. */
  readonly logger?: Logger
}

/** The scopes that are known by name; any text where there are none. */
type ScopeName<C extends Catalogue, Scope extends string> = [ThrottleName<C> | Scope] extends [never] ? string : ThrottleName<C> | Scope

/** The slugs that are known by name; any text without a catalogue. */
type Slug<C extends Catalogue> = PlanSlug<C>

type WithScope<Input, C extends Catalogue, Scope extends string> = Omit<Input, 'scope'> & { readonly scope: ScopeName<C, Scope> }
type WithSlug<Input, C extends Catalogue> = Omit<Input, 'slug'> & { readonly slug: Slug<C> }
type WithPlanSlug<Input, C extends Catalogue> = Omit<Input, 'planSlug'> & { readonly planSlug?: Slug<C> | undefined }

/**
 * Tenancy and billing, bound to one store, clock and set of options. Every operation takes one object; operations that ask who does it take
 * an {@link Actor} from your authenticated context as well. Commands throw a `TenantryError`; questions answer.
 */
export interface Tenantry<C extends Catalogue = Catalogue, Scope extends string = never> {
  /**
   * The same operations inside the host's own transaction: `withStore(kyselyStore(trx))`. They commit and roll back with the host's writes,
   * and begin, commit and roll back nothing themselves.
   */
  withStore(store: Store): Tenantry<C, Scope>

  /** Writes the catalogue's plans into the store, by slug; safe at every start. See {@link s.syncPlans}. */
  syncPlans(catalogue?: Catalogue): Promise<s.SyncPlansResult>
  /** Writes the plan of the free trial. See {@link s.createFreeTrialPlan}. */
  createFreeTrialPlan(): Promise<{ plan: Plan }>
  /** Lists all plans. See {@link s.listPlans}. */
  listPlans(input?: s.ListPlansInput): Promise<s.ListPlansResult>
  /** Takes a plan off sale, or puts it back. See {@link s.setPlanActive}. */
  setPlanActive(input: WithSlug<s.SetPlanActiveInput, C>, actor: Actor): Promise<s.SetPlanActiveResult>

  /** Signs a customer up on the free trial. See {@link s.registerTrial}. */
  registerTrial(input: s.RegisterTrialInput): Promise<s.RegisterTrialResult>
  /** Makes an administrator of the platform. See {@link s.createAdmin}. */
  createAdmin(input: s.CreateAdminInput, actor: Actor): Promise<s.CreateAdminResult>
  /** Signs a person in. See {@link s.login}. */
  login(input: s.LoginInput): Promise<s.LoginResult>
  /** Ends one session. See {@link s.logout}. */
  logout(input: s.LogoutInput): Promise<s.LogoutResult>
  /** Ends all sessions of a person. See {@link s.revokeSessions}. */
  revokeSessions(input: s.RevokeSessionsInput, actor: Actor): Promise<s.RevokeSessionsResult>
  /** Changes a password and ends the other sessions. See {@link s.changePassword}. */
  changePassword(input: s.ChangePasswordInput): Promise<s.ChangePasswordResult>

  /** The gate: may this account act now? See {@link s.validateAccountAndPlan}. */
  validateAccountAndPlan(subject: s.AccessSubject): Promise<AccessDecision>
  /** Who calls, and may their account act? See {@link s.authenticate}. */
  authenticate(input: s.AuthenticateInput): Promise<s.AuthenticateResult>
  /** Is the caller an administrator of the platform? See {@link s.authenticateAdmin}. */
  authenticateAdmin(input: s.AuthenticateAdminInput): Promise<s.AuthenticateAdminResult>
  /** Authenticates, gates and throttles: what a middleware calls. See {@link s.authorize}. */
  authorize(input: WithScope<s.AuthorizeInput, C, Scope> & { readonly accountId?: undefined }): Promise<s.AuthorizeResult<s.Principal>>
  /** The same for the host's own jobs, which act by `accountId` and are nobody. */
  authorize(input: WithScope<s.AuthorizeInput, C, Scope>): Promise<s.AuthorizeResult>
  /** Takes a call from the caller's budget. See {@link s.throttle}. */
  throttle(input: WithScope<s.ThrottleInput, C, Scope>): Promise<s.ThrottleResult>

  /** Looks an account up, whatever the gate says of it. See {@link s.getAccount}. */
  getAccount(input: s.GetAccountInput): Promise<s.GetAccountResult>
  /** Stops an account. See {@link s.suspendAccount}. */
  suspendAccount(input: s.SuspendAccountInput, actor: Actor): Promise<s.AccountStatusResult>
  /** Lets a suspended or cancelled account go on. See {@link s.reinstateAccount}. */
  reinstateAccount(input: s.ReinstateAccountInput, actor: Actor): Promise<s.AccountStatusResult>
  /** Closes an account. See {@link s.cancelAccount}. */
  cancelAccount(input: s.CancelAccountInput, actor: Actor): Promise<s.AccountStatusResult>

  /** Makes an API key. See {@link s.createApiKey}. */
  createApiKey(input: s.CreateApiKeyInput, actor: Actor): Promise<s.CreateApiKeyResult>
  /** Lists an account's API keys. See {@link s.listApiKeys}. */
  listApiKeys(input: s.ListApiKeysInput): Promise<s.ListApiKeysResult>
  /** Ends an API key. See {@link s.revokeApiKey}. */
  revokeApiKey(input: s.RevokeApiKeyInput, actor: Actor): Promise<s.RevokeApiKeyResult>
  /** Replaces an API key, with an overlap. See {@link s.rotateApiKey}. */
  rotateApiKey(input: s.RotateApiKeyInput, actor: Actor): Promise<s.CreateApiKeyResult>

  /** Gives credits, once per key. See {@link s.grantCredits}. */
  grantCredits(input: s.GrantCreditsInput, actor: Actor): Promise<s.GrantCreditsResult>
  /** Takes credits, once per key, in one statement. See {@link s.spendCredits}. */
  spendCredits(input: s.SpendCreditsInput): Promise<s.SpendCreditsResult>
  /** Sets credits aside for work of unknown cost, once per key. See {@link s.reserveCredits}. */
  reserveCredits(input: s.ReserveCreditsInput): Promise<s.ReserveCreditsResult>
  /** Ends a reservation with what the work has cost. See {@link s.settleReservation}. */
  settleReservation(input: s.SettleReservationInput): Promise<s.SettleReservationResult>
  /** Ends a reservation whose work did not happen. See {@link s.releaseReservation}. */
  releaseReservation(input: s.ReleaseReservationInput): Promise<s.ReleaseReservationResult>
  /** Gives spent credits back, never more than was spent. See {@link s.refundCredits}. */
  refundCredits(input: s.RefundCreditsInput, actor: Actor): Promise<s.RefundCreditsResult>
  /** Corrects a balance by hand, once per key. See {@link s.adjustCredits}. */
  adjustCredits(input: s.AdjustCreditsInput, actor: Actor): Promise<s.AdjustCreditsResult>
  /** What an account can spend now, and what it is made of. See {@link s.creditBalance}. */
  creditBalance(input: s.CreditBalanceInput): Promise<s.CreditBalanceResult>
  /** Lists an account's ledger. See {@link s.listCreditEntries}. */
  listCreditEntries(input: s.ListCreditEntriesInput): Promise<s.ListCreditEntriesResult>

  /** What an account has used, by day, operation, user or API key. See {@link s.usageReport}. */
  usageReport(input: s.UsageReportInput): Promise<s.UsageReportResult>

  /** Confirms that the money of a bank transfer came. See {@link s.confirmBankTransfer}. */
  confirmBankTransfer(input: WithPlanSlug<s.ConfirmBankTransferInput, C>, actor: Actor): Promise<s.ConfirmBankTransferResult>
  /** Lists payments. See {@link s.listPayments}. */
  listPayments(input?: s.ListPaymentsInput): Promise<s.ListPaymentsResult>

  /** Lists administrative acts. See {@link s.listAuditEntries}. */
  listAuditEntries(input?: s.ListAuditEntriesInput): Promise<s.ListAuditEntriesResult>
  /** Proves the books right, or names what is wrong. See {@link s.verifyBooks}. */
  verifyBooks(input?: s.VerifyBooksInput): Promise<s.VerifyBooksResult>
}

/**
 * Binds tenancy and billing to a store and the host's choices.
 *
 * @throws TenantryError `invalid_input` when an option or a plan of the catalogue is not valid
 */
export function createTenantry<const C extends Catalogue = Catalogue, const Scope extends string = never>(
  options: TenantryOptions<C, Scope>,
): Tenantry<C, Scope> {
  const { store, plans, passwords, throttles, clock, newId, randomBytes, logger, ...settings } = options
  s.requireStore(store)
  if (plans !== undefined) s.parseCatalogue(plans)
  const hasher = passwords ?? bcryptHasher()
  const random = randomBytes ?? secureRandomBytes
  const context: s.Context = {
    store,
    throttles: throttles ?? memoryThrottleStore(),
    passwords: hasher,
    decoyVerifier: s.decoyVerifier(hasher, random),
    clock: clock ?? systemClock,
    newId: newId ?? uuidv7,
    randomBytes: random,
    logger: logger ?? silentLogger,
    settings: s.parseSettings(settings),
  }
  return bind(context, plans ?? {})
}

const silentLogger: Logger = { info() {}, warn() {}, error() {} }

type Operation<Args extends unknown[], Result> = (context: s.Context, ...args: Args) => Result

function bind<C extends Catalogue, Scope extends string>(context: s.Context, plans: Catalogue): Tenantry<C, Scope> {
  const to =
    <Args extends unknown[], Result>(operation: Operation<Args, Result>) =>
    (...args: Args): Result =>
      operation(context, ...args)
  return {
    withStore(store) {
      s.requireStore(store)
      return bind({ ...context, store }, plans)
    },
    syncPlans: (catalogue = plans) => s.syncPlans(context, catalogue),
    createFreeTrialPlan: to(s.createFreeTrialPlan),
    listPlans: to(s.listPlans),
    setPlanActive: to(s.setPlanActive),
    registerTrial: to(s.registerTrial),
    createAdmin: to(s.createAdmin),
    login: to(s.login),
    logout: to(s.logout),
    revokeSessions: to(s.revokeSessions),
    changePassword: to(s.changePassword),
    validateAccountAndPlan: to(s.validateAccountAndPlan),
    authenticate: to(s.authenticate),
    authenticateAdmin: to(s.authenticateAdmin),
    // Only a call by accountId is nobody's: the type says so, the function alone cannot.
    authorize: to(s.authorize) as Tenantry<C, Scope>['authorize'],
    throttle: to(s.throttle),
    getAccount: to(s.getAccount),
    suspendAccount: to(s.suspendAccount),
    reinstateAccount: to(s.reinstateAccount),
    cancelAccount: to(s.cancelAccount),
    createApiKey: to(s.createApiKey),
    listApiKeys: to(s.listApiKeys),
    revokeApiKey: to(s.revokeApiKey),
    rotateApiKey: to(s.rotateApiKey),
    grantCredits: to(s.grantCredits),
    spendCredits: to(s.spendCredits),
    reserveCredits: to(s.reserveCredits),
    settleReservation: to(s.settleReservation),
    releaseReservation: to(s.releaseReservation),
    refundCredits: to(s.refundCredits),
    adjustCredits: to(s.adjustCredits),
    creditBalance: to(s.creditBalance),
    listCreditEntries: to(s.listCreditEntries),
    usageReport: to(s.usageReport),
    confirmBankTransfer: to(s.confirmBankTransfer),
    listPayments: to(s.listPayments),
    listAuditEntries: to(s.listAuditEntries),
    verifyBooks: to(s.verifyBooks),
  }
}
