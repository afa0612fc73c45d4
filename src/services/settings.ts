import { z } from 'zod'
import { maxApiKeysOfAccount } from '../domain/api-key.js'
import { rateLimitFormats } from '../domain/rate-limit-headers.js'
import { describeTransfer, type TransferRequest } from '../domain/transfer-request.js'
import type { AccessNotices } from '../ports/access-notices.js'
import type { TrialEligibility } from '../ports/runtime.js'
import type { GateCacheSettings, Settings } from './context.js'
import { invalidInput, parseInput } from './parse-input.js'
import { throttleRule, throttleRules } from './plans/catalogue.js'
import { functionOf, integer, line, record, slug } from './schemas.js'

const transferInstructions = functionOf<(request: TransferRequest) => string>()

const bypass = functionOf<NonNullable<Settings['throttling']['bypass']>>()

const outageListener = functionOf<Settings['throttling']['onOutageChange']>()

const hearingListener = functionOf<GateCacheSettings['onHearingChange']>()

const eligibility = functionOf<TrialEligibility>()

const notices = z.custom<AccessNotices>(
  (value) => typeof value === 'object' && value !== null && typeof Reflect.get(value, 'listen') === 'function',
  'must be what postgresAccessNotices or redisAccessNotices answers',
)

const everybody: TrialEligibility = () => ({ eligible: true })

const isSecret = (value: unknown): boolean => typeof value === 'string' && value.length >= 32 && value.length <= 1000
const isSecrets = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 && value.length <= 10 && value.every(isSecret) : isSecret(value)
const claimSecret = z.custom<string | readonly string[]>(
  isSecrets,
  'must be a text of at least 32 characters, or a list of such, newest first',
)

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** A bucket of this size that fills up again within a day lets through at most 100 in any 24 hours: 40 at once and 60 more. */
const hundredADay = { limit: 60, windowSeconds: day, burst: 40 }

const rules = z.array(throttleRule).refine((list) => list.length >= 1 && list.length <= 5, 'must be a list of 1 to 5 rules')

/** The options of `createTenantry` that are plain values, with their defaults. */
export const settingsSchema = z.strictObject({
  trial: z
    .strictObject({
      /** The plan of the free trial. */
      planSlug: slug.default('free-trial'),
      /** How long the trial lasts, in days of 24 hours. */
      days: integer(1, 3650).default(14),
      /** On which days before its end a reminder is due. */
      remindDaysBefore: z.array(integer(0, 365)).max(10).default([3, 1]),
      /**
       * What the claims of free trials are hashed with: a text of at least 32 random characters, kept apart from the database, so that who
       * reads the database alone cannot try addresses against it. To change it, pass a list, newest first: earlier claims count as long as
       * their secret is in the list. Left out, the database makes a secret of its own at the first sign-up; claims made with that one count
       * for ever.
       */
      claimSecret: claimSecret.optional(),
      /**
       * Decides within the sign-up's transaction whether somebody gets a trial, and what else has its trial once, see {@link everyTrialRule}.
       * Left out, everybody gets one whose address and fingerprints have not had one.
       */
      eligibility: eligibility.default(() => everybody),
    })
    .prefault({}),
  billing: z
    .strictObject({
      /** Where a customer chooses a plan; it is named in the gate's messages. */
      pricingUrl: line(2048).default('/pricing'),
      /** How support is reached; added to messages that ask to contact it. */
      supportContact: line(200).optional(),
      /** Days for which an account may go on after its paid period ended. */
      graceDays: integer(0, 365).default(7),
      /** Days within which a requested transfer is due. */
      paymentDueDays: integer(1, 365).default(14),
      /** Where a transfer is to go, line by line, such as `{ 'Account holder': 'Example Ltd', IBAN: '…' }`; it goes into the instructions. */
      bankDetails: record(line(60), line(200))
        .refine((details) => Object.keys(details).length <= 20, 'must have at most 20 lines')
        .default({}),
      /** Writes what a customer is told who asks for a bank transfer; in plain words when left out. */
      transferInstructions: transferInstructions.default(() => describeTransfer),
      /** Who issues receipts. It is copied onto each receipt when that is issued. */
      issuer: z
        .strictObject({
          name: line(200).default('Your service provider'),
          address: line(500).nullable().default(null),
          taxId: line(100).nullable().default(null),
          email: line(320).nullable().default(null),
          /** Begins the numbers of this issuer's receipts: 1 to 12 capitals and digits. Two issuers in one database need two. */
          receiptPrefix: z
            .string()
            .refine((prefix) => /^[A-Z0-9]{1,12}$/.test(prefix), 'must be 1 to 12 capitals and digits')
            .default('R'),
        })
        .prefault({}),
    })
    .prefault({}),
  access: z
    .strictObject({
      /** May an account act while it is on trial? */
      trial: z.boolean().default(true),
      /** May it while its first payment is asked for and not due yet? */
      pending_payment: z.boolean().default(true),
      /** May it while its paid time is over and the grace is not? */
      past_due: z.boolean().default(true),
    })
    .prefault({}),
  apiKeys: z
    .strictObject({
      /** How many valid API keys an account may have whose plan has no limit `maxApiKeys`. */
      maxPerAccount: integer(1, maxApiKeysOfAccount).default(100),
    })
    .prefault({}),
  sessions: z
    .strictObject({
      /** How long a sign-in lasts, in days of 24 hours. */
      ttlDays: integer(1, 365).default(30),
    })
    .prefault({}),
  passwordPolicy: z
    .strictObject({
      /** The least number of characters, 8 to 64. */
      minLength: integer(8, 64).default(8),
    })
    .prefault({}),
  signIn: z
    .strictObject({
      /** Failures of one client address, whoever is to be signed in. */
      perClient: rules.default([{ limit: 100, windowSeconds: hour, burst: 50 }]),
      /** Failures of one person from one client address, also a known one. */
      perPersonAndClient: rules.default([{ limit: 10, windowSeconds: 15 * minute }, hundredADay]),
      /**
       * Failures of one person from all client addresses that are not known: five at once, then one a minute, one in three minutes, one in 24.
       * By NIST SP 800-63B at most 100 tries in a row may fail.
       */
      perPerson: rules.default([{ limit: 5, windowSeconds: 5 * minute }, { limit: 20, windowSeconds: hour, burst: 15 }, hundredADay]),
      /** For how many days after it was last seen an address is known from which somebody has signed in. */
      knownAddressDays: integer(1, 3650).default(90),
    })
    .prefault({}),
  throttling: z
    .strictObject({
      /** By scope: the rule for anonymous callers, and for accounts whose plan has none. */
      defaults: throttleRules.default({}),
      /** The rule for a scope that has none at all. */
      fallback: throttleRule.default({ limit: 600, windowSeconds: 60 }),
      /** In which form clients are told where they stand, see {@link rateLimitHeaders}; `off` leaves only `Retry-After`. */
      headers: z.enum(rateLimitFormats).default('draft-11'),
      /** Calls for which it answers `true` are neither counted nor refused; asked for each scope of a call. */
      bypass: bypass.optional(),
      /**
       * What becomes of calls while a throttle store outside of this process does not answer: `open` lets all through uncounted, `closed` fails
       * with `store_unavailable`, and `local` lets the memory of this process decide. Sign-ins always fall to the memory. With `open`, answers
       * and headers meanwhile show every budget as whole, whatever it was before.
       */
      onOutage: z.enum(['open', 'closed', 'local']).default('local'),
      /** An answer of the throttle store that takes longer, in milliseconds, counts as none, and the store is left alone for a second. */
      timeoutMs: integer(1, 60_000).default(500),
      /** Is told when the throttle store stops answering and when it is back. What it throws is ignored. */
      onOutageChange: outageListener.default(() => () => undefined),
    })
    .prefault({}),
  /**
   * Keeps what the gate looks up (keys, sessions, accounts with their plans and subscriptions) in the memory of this process for some seconds,
   * so that a repeated call asks the database nothing. Left out, every answer is fresh: what any process has changed holds at the next call.
   *
   * Kept is the stored state, never the decision: expiries, trials and grace are judged by the clock at each call. What operations of this
   * process change is dropped at once, except `account.credits`, which may lag behind whatever moves credits. What other processes change is
   * dropped when a notice of it arrives; without `notices`, or where a notice is lost, an answer is at most `ttlSeconds` old. Answers from the
   * cache are frozen. It takes 2 to 4 kB for each key, session or account that it keeps, more where a plan is large.
   *
   * Operations of `withStore(kyselyStore(trx))` neither read nor fill it, because they see what is not committed. What they change is dropped
   * at once, here and where notices arrive, and for a minute nothing of it is kept, so that the old state cannot come back before the commit.
   * The notices of Postgres drop it at the commit itself, however late that is.
   */
  gateCache: z
    .strictObject({
      /** For how long an answer is kept, 1 to 60 seconds. */
      ttlSeconds: integer(1, 60).default(5),
      /** How many answers are kept; those go first that were used longest ago. */
      maxEntries: integer(1, 1_000_000).default(10_000),
      /** Where other processes tell of changes. While it hears nothing, nothing is answered from the cache. */
      notices: notices.optional(),
      /**
       * Is told when the notices begin to be heard, when they stop, and once when they could not be heard at the start. What it throws is
       * ignored. The logger is told also without it, but of no start that goes well.
       */
      onHearingChange: hearingListener.default(() => () => undefined),
    })
    .optional(),
  events: z
    .strictObject({
      /** After so many failed attempts an event is dead. With the defaults that takes about two days. */
      maxAttempts: integer(1, 100).default(12),
      /** The wait after the first failed attempt, in seconds; four times as long after each further one. */
      firstRetrySeconds: integer(1, 86_400).default(5),
      /** The longest wait between two attempts, in seconds. */
      maxRetrySeconds: integer(1, 30 * 86_400).default(43_200),
      /** For how long a worker has an account's events at least before others may take them up; the handler must take less than half of it. */
      leaseSeconds: integer(2, 3600).default(60),
    })
    .prefault({}),
})

/**
 * Tells a store from what is easily taken for one, such as a Kysely.
 *
 * @throws TenantryError `invalid_input`
 */
export function requireStore(store: unknown): void {
  const verbs = ['transaction', 'snapshot', 'spendCredits', 'findAccountAccess']
  const isStore = typeof store === 'object' && store !== null && verbs.every((verb) => typeof Reflect.get(store, verb) === 'function')
  if (!isStore) throw invalidInput([{ path: 'store', message: 'must be a store: pass kyselyStore(db) or memoryStore()' }])
}

/**
 * Tells a throttle store from what is easily taken for one, such as a client of Redis: one that cannot be asked would count as out of reach for
 * ever.
 *
 * @throws TenantryError `invalid_input`
 */
export function requireThrottleStore(throttles: unknown): void {
  const isStore = typeof throttles === 'object' && throttles !== null && typeof Reflect.get(throttles, 'take') === 'function'
  const message = 'must be a throttle store: pass redisThrottleStore(…), kyselyThrottleStore(db) or memoryThrottleStore()'
  if (!isStore) throw invalidInput([{ path: 'throttles', message }])
}

/** The plain values among the options of `createTenantry`. */
export type SettingsInput = z.input<typeof settingsSchema>

/**
 * Fills in the defaults.
 *
 * @throws TenantryError `invalid_input`
 */
export function parseSettings(input: SettingsInput): Settings {
  const { billing, trial, gateCache, ...settings } = parseInput(settingsSchema, input)
  const { claimSecret: secrets, ...rest } = trial
  return {
    ...settings,
    gateCache,
    trial: { ...rest, claimSecrets: secrets === undefined ? [] : [secrets].flat() },
    billing: { ...billing, supportContact: billing.supportContact },
  }
}
