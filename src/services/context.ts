import type { AccessMatrix } from '../domain/access.js'
import type { RetryRule } from '../domain/delivery.js'
import type { ThrottleRule } from '../domain/plan.js'
import type { RateLimitFormat } from '../domain/rate-limit-headers.js'
import type { Issuer } from '../domain/receipt.js'
import type { TransferRequest } from '../domain/transfer-request.js'
import type { AccessNotices } from '../ports/access-notices.js'
import type { Clock, IdSource, KeyUses, Logger, PasswordHasher, RandomBytes, TrialEligibility } from '../ports/runtime.js'
import type { Store } from '../ports/store/store.js'
import type { OutagePolicy, ThrottleOutage, ThrottleStore } from '../ports/throttle-store.js'
import type { GateQuestions } from './gate-cache/gate-questions.js'
import type { SignInTurns } from './sessions/sign-in-protection.js'

/** Everything a service may touch. */
export interface Context {
  readonly store: Store
  /** Where the gate asks: the store, or a cache before it. What is not the gate's business asks the store. */
  readonly access: GateQuestions
  readonly throttles: ThrottleStore
  /** Where tries at a password are counted: the same budgets, in the memory of this process while the store does not answer. */
  readonly signInThrottles: ThrottleStore
  readonly signInTurns: SignInTurns
  readonly passwords: PasswordHasher
  /** A verifier of no password, compared against where there is no real one, so that every sign-in does the same work. */
  readonly decoyVerifier: () => Promise<string>
  readonly clock: Clock
  readonly newId: IdSource
  readonly randomBytes: RandomBytes
  readonly logger: Logger
  readonly keyUses: KeyUses
  readonly settings: Settings
}

/** The host's choices, with every default filled in. */
export interface Settings {
  readonly trial: {
    readonly planSlug: string
    readonly days: number
    readonly remindDaysBefore: readonly number[]
    /** Newest first; none where the installation makes its own. */
    readonly claimSecrets: readonly string[]
    readonly eligibility: TrialEligibility
  }
  readonly billing: {
    readonly pricingUrl: string
    readonly supportContact: string | undefined
    readonly graceDays: number
    readonly paymentDueDays: number
    readonly issuer: Issuer & { readonly receiptPrefix: string }
    readonly bankDetails: Readonly<Record<string, string>>
    readonly transferInstructions: (request: TransferRequest) => string
  }
  /** Which states may act. */
  readonly access: AccessMatrix
  /** How many API keys an account has whose plan says nothing of `maxApiKeys`. */
  readonly apiKeys: { readonly maxPerAccount: number }
  readonly sessions: { readonly ttlDays: number }
  readonly passwordPolicy: { readonly minLength: number }
  readonly signIn: SignInSettings
  readonly throttling: ThrottlingSettings
  /** `undefined` where every answer of the gate is fresh. */
  readonly gateCache: GateCacheSettings | undefined
  readonly events: RetryRule & { readonly leaseSeconds: number }
}

/** How many tries at passwords may fail. Of several rules each must have room. */
export interface SignInSettings {
  /** From one client, whoever is to be signed in. */
  readonly perClient: readonly ThrottleRule[]
  /** For one person from one client, also where they have signed in before. */
  readonly perPersonAndClient: readonly ThrottleRule[]
  /** For one person from all clients from which they have not signed in before. */
  readonly perPerson: readonly ThrottleRule[]
  /** For so many days an address is known from which a person has signed in. */
  readonly knownAddressDays: number
}

/** How calls are throttled where the account's plan says nothing. */
export interface ThrottlingSettings {
  /** By scope; for anonymous callers and for accounts whose plan has no rule for the scope. */
  readonly defaults: Readonly<Record<string, ThrottleRule>>
  /** For a scope that has no rule at all. */
  readonly fallback: ThrottleRule
  /** In which form clients are told where they stand. */
  readonly headers: RateLimitFormat
  /** Scopes of a call for which this answers `true` are neither counted nor refused. */
  readonly bypass?: ((call: { scope: string; accountId: string | null; ip: string | null }) => boolean) | undefined
  /** What becomes of calls while a store outside of this process does not answer. */
  readonly onOutage: OutagePolicy
  /** An answer of the store that takes longer counts as none. */
  readonly timeoutMs: number
  readonly onOutageChange: (outage: ThrottleOutage) => unknown
}

/** How long, and how many of, the gate's answers are kept. */
export interface GateCacheSettings {
  readonly ttlSeconds: number
  readonly maxEntries: number
  readonly notices?: AccessNotices | undefined
  readonly onHearingChange: (heard: { readonly isHearing: boolean }) => unknown
}
