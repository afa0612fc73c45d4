import type { AccessMatrix } from '../domain/access.js'
import type { RetryRule } from '../domain/delivery.js'
import type { ThrottleRule } from '../domain/plan.js'
import type { Issuer } from '../domain/receipt.js'
import type { TransferRequest } from '../domain/transfer-request.js'
import type { AccessNotices } from '../ports/access-notices.js'
import type { Clock, IdSource, Logger, PasswordHasher, RandomBytes, TrialEligibility } from '../ports/runtime.js'
import type { AccessOperations } from '../ports/store/access.js'
import type { Store } from '../ports/store/store.js'
import type { ThrottleStore } from '../ports/throttle-store.js'

/** Everything a service may touch. */
export interface Context {
  readonly store: Store
  /** Where the gate asks: the store, or a cache before it. What is not the gate's business asks the store. */
  readonly access: AccessOperations
  readonly throttles: ThrottleStore
  readonly passwords: PasswordHasher
  /** A verifier of no password, compared against where there is no real one, so that every sign-in does the same work. */
  readonly decoyVerifier: () => Promise<string>
  readonly clock: Clock
  readonly newId: IdSource
  readonly randomBytes: RandomBytes
  readonly logger: Logger
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
  readonly sessions: { readonly ttlDays: number }
  readonly passwordPolicy: { readonly minLength: number }
  readonly throttling: ThrottlingSettings
  /** `undefined` where every answer of the gate is fresh. */
  readonly gateCache: GateCacheSettings | undefined
  readonly events: RetryRule & { readonly leaseSeconds: number }
}

/** How calls are throttled where the account's plan says nothing. */
export interface ThrottlingSettings {
  /** By scope; for anonymous callers and for accounts whose plan has no rule for the scope. */
  readonly defaults: Readonly<Record<string, ThrottleRule>>
  /** For a scope that has no rule at all. */
  readonly fallback: ThrottleRule
  /** Calls for which this answers `true` are neither counted nor refused. */
  readonly bypass: (call: { scope: string; accountId: string | null; ip: string | null }) => boolean
}

/** How long, and how many of, the gate's answers are kept. */
export interface GateCacheSettings {
  readonly ttlSeconds: number
  readonly maxEntries: number
  readonly notices?: AccessNotices | undefined
}
