import { memoryThrottleStore } from './adapters/memory/throttle-store.js'
import { bcryptHasher, gatherKeyUses, secureRandomBytes, systemClock, uuidv7 } from './adapters/node/index.js'
import { watchForOutage } from './adapters/node/outage-watch.js'
import { withStandIn } from './adapters/node/stand-in.js'
import type { Catalogue, ThrottleRule } from './domain/plan.js'
import type { Clock, IdSource, KeyUses, Logger, PasswordHasher, RandomBytes } from './ports/runtime.js'
import type { Store } from './ports/store/store.js'
import type { ThrottleStore } from './ports/throttle-store.js'
import * as s from './services/index.js'
import type { Tenantry } from './services/tenantry.js'
import { tellQuietly } from './tell-quietly.js'

/** What `createTenantry` takes; only `store` is required. */
export interface TenantryOptions<C extends Catalogue = Catalogue, Scope extends string = never>
  extends Omit<s.SettingsInput, 'throttling'> {
  /** Where everything is kept: `kyselyStore(db)`, or `memoryStore()` for tests and trying out. */
  readonly store: Store
  /** The plans, as `definePlans` declares them; their names become types. Write them into the store with `syncPlans()`. */
  readonly plans?: C | undefined
  /** How calls are throttled where the plan says nothing. */
  readonly throttling?:
    | (Omit<NonNullable<s.SettingsInput['throttling']>, 'defaults'> & {
        readonly defaults?: Readonly<Record<Scope, ThrottleRule>> | undefined
      })
    | undefined
  /** bcrypt of cost 12 in two worker threads when left out. */
  readonly passwords?: PasswordHasher | undefined
  /** Where budgets are counted: `redisThrottleStore`, `kyselyThrottleStore`; in the memory of this process when left out. */
  readonly throttles?: ThrottleStore | undefined
  readonly clock?: Clock | undefined
  readonly newId?: IdSource | undefined
  readonly randomBytes?: RandomBytes | undefined
  /** Silent when left out. */
  readonly logger?: Logger | undefined
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
  if (throttles !== undefined) s.requireThrottleStore(throttles)
  if (plans !== undefined) s.parseCatalogue(plans)
  const hasher = passwords ?? bcryptHasher()
  const random = randomBytes ?? secureRandomBytes
  const choices = s.parseSettings(settings)
  const time = clock ?? systemClock
  const log = logger ?? silentLogger
  const gate = s.openGate(store, { gateCache: choices.gateCache, clock: time, logger: log })
  const context: s.Context = {
    store: s.keepDueDates(gate.watch(store, false), s.dueRulesOf(choices)),
    access: gate.access,
    ...throttleStores(throttles ?? memoryThrottleStore(), choices.throttling, log),
    signInTurns: s.signInTurns(),
    passwords: hasher,
    decoyVerifier: s.decoyVerifier(hasher, random),
    clock: time,
    newId: newId ?? uuidv7,
    randomBytes: random,
    logger: log,
    keyUses: keyUsesOf(store, log),
    settings: choices,
  }
  return bind(context, gate, plans ?? {})
}

const silentLogger: Logger = { info() {}, warn() {}, error() {} }

/** The throttle for calls and the one for sign-ins: the store itself where it is in this process, else with what stands in for it. */
function throttleStores(
  store: ThrottleStore,
  { onOutage, timeoutMs, onOutageChange }: s.ThrottlingSettings,
  logger: Logger,
): Pick<s.Context, 'throttles' | 'signInThrottles'> {
  if (store.isLocal) return { throttles: store, signInThrottles: store }
  const local = memoryThrottleStore()
  const watched = watchForOutage(store, {
    timeoutMs,
    onChange: ({ isOut, since, reason }) => {
      if (isOut) tellQuietly(() => logger.warn('The throttle store does not answer.', { since, reason, onOutage }))
      else tellQuietly(() => logger.info('The throttle store answers again.', { since, reason }))
      return onOutageChange({ isOut, since, reason })
    },
  })
  return { throttles: withStandIn(watched, onOutage, local), signInThrottles: withStandIn(watched, 'local', local) }
}

/** Uses are written to the store itself also when a key is presented inside a transaction of the host: that may be rolled back, the use may not. */
const keyUsesOf = (store: Store, logger: Logger): KeyUses =>
  gatherKeyUses({
    write: (keys) => store.touchApiKeys(keys),
    onError: (error) => logger.warn('the last uses of API keys were not written', { error }),
  })

type Operation<Args extends unknown[], Result> = (context: s.Context, ...args: Args) => Result

function bind<C extends Catalogue, Scope extends string>(context: s.Context, gate: s.Gate, plans: Catalogue): Tenantry<C, Scope> {
  const to =
    <Args extends unknown[], Result>(operation: Operation<Args, Result>) =>
    (...args: Args): Result =>
      operation(context, ...args)
  return {
    withStore(store) {
      s.requireStore(store)
      // What a transaction of the host sees is not committed: it goes past the cache. It has turns of its own, so that within it nobody waits for
      // those who may be waiting for its connection.
      const joined = s.keepDueDates(gate.watch(store, true), s.dueRulesOf(context.settings))
      return bind({ ...context, store: joined, access: store, signInTurns: s.signInTurns() }, gate, plans)
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
    // A scope that is named has a rule or null: the type says so, the compiler does not see it of scopes that it does not know yet.
    setAccountThrottles: to(s.setAccountThrottles) as Tenantry<C, Scope>['setAccountThrottles'],
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
    requestBankTransfer: to(s.requestBankTransfer),
    submitBankTransfer: to(s.submitBankTransfer),
    confirmBankTransfer: to(s.confirmBankTransfer),
    rejectBankTransfer: to(s.rejectBankTransfer),
    listPayments: to(s.listPayments),
    getReceipt: to(s.getReceipt),
    listReceipts: to(s.listReceipts),
    deliverEvents: to(s.deliverEvents),
    listEvents: to(s.listEvents),
    retryEvent: to(s.retryEvent),
    pruneEvents: to(s.pruneEvents),
    runDue: to(s.runDue),
    changePlan: to(s.changePlan),
    previewPlanChange: to(s.previewPlanChange),
    cancelSubscription: to(s.cancelSubscription),
    resumeSubscription: to(s.resumeSubscription),
    listAuditEntries: to(s.listAuditEntries),
    verifyBooks: to(s.verifyBooks),
    flush: () => context.keyUses.flush(),
  }
}
