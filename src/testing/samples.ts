import type { Account } from '../domain/account.js'
import type { ApiKey } from '../domain/api-key.js'
import type { AuditEntry } from '../domain/audit.js'
import type { CreditLot } from '../domain/credit.js'
import type { NewEvent } from '../domain/event.js'
import type { Grant } from '../domain/ledger.js'
import type { Membership } from '../domain/membership.js'
import type { Payment } from '../domain/payment.js'
import type { Plan } from '../domain/plan.js'
import type { Receipt } from '../domain/receipt.js'
import type { Subscription } from '../domain/subscription.js'
import type { User } from '../domain/user.js'
import type { NewAccount } from '../ports/store/accounts.js'
import type { CreditSpend } from '../ports/store/credits.js'
import type { RecordedPayment } from '../ports/store/payments.js'
import type { PlanContent } from '../ports/store/plans.js'
import type { NewSession } from '../ports/store/sessions.js'
import type { NewUser } from '../ports/store/users.js'

const createdAt = new Date('2026-01-31T10:20:30.123Z')

const user = (overrides: Partial<User> = {}): User => ({
  id: 'user-1',
  email: `${overrides.id ?? 'user-1'}@example.com`,
  firstName: 'Ada',
  lastName: 'Lovelace',
  platformRole: null,
  createdAt,
  ...overrides,
})

const plan = (overrides: Partial<Plan> = {}): Plan => ({
  id: 'plan-1',
  slug: 'starter',
  name: 'Starter',
  prices: [{ amountMinor: 2999, currency: 'USD' }],
  billingCycle: 'monthly',
  includedCredits: 5000,
  limits: { maxSites: 3, maxUsers: null },
  throttles: { content: { limit: 60, windowSeconds: 60 } },
  isActive: true,
  creditRollover: 'none',
  ...overrides,
})

const newAccount = (overrides: Partial<NewAccount> = {}): NewAccount => ({
  id: 'account-1',
  name: 'Analytical Engines',
  status: 'active',
  paymentMethod: 'bank_transfer',
  planId: 'plan-1',
  ownerId: 'user-1',
  createdAt,
  ...overrides,
})

const payment = (overrides: Partial<Payment> = {}): Payment => ({
  id: 'payment-1',
  accountId: 'account-1',
  method: 'bank_transfer',
  status: 'requested',
  reference: 'TNT-0001',
  externalPaymentId: null,
  amount: { amountMinor: 2999, currency: 'USD' },
  periodMonths: 1,
  planId: 'plan-1',
  dueAt: null,
  payerName: null,
  proofUrl: null,
  decidedBy: null,
  decidedAt: null,
  reason: null,
  createdAt,
  ...overrides,
})

/**
 * Ordinary values for tests. Each function takes what the test is about and fills in the rest; the ids fit together: everything belongs to
 * `account-1`, which is owned by `user-1` and is on `plan-1`.
 */
export const samples = {
  user,
  plan,
  payment,
  newAccount,
  newUser: ({ passwordHash = null, externalUserId = null, ...overrides }: Partial<User & Omit<NewUser, 'user'>> = {}): NewUser => ({
    user: user(overrides),
    passwordHash,
    externalUserId,
  }),
  planContent: ({ isActive = true, at = createdAt, ...overrides }: Partial<PlanContent> = {}): PlanContent => ({
    ...plan(overrides),
    isActive,
    at,
  }),
  account: (overrides: Partial<Account> = {}): Account => ({
    id: 'account-1',
    name: 'Analytical Engines',
    status: 'active',
    statusReason: null,
    paymentMethod: 'bank_transfer',
    plan: plan(),
    credits: 5000,
    ownerId: 'user-1',
    throttles: {},
    createdAt,
    deletedAt: null,
    ...overrides,
  }),
  /** One paid month that began when everything else did, on a 31st. */
  subscription: (overrides: Partial<Subscription> = {}): Subscription => ({
    id: 'subscription-1',
    accountId: 'account-1',
    planId: 'plan-1',
    status: 'active',
    paymentMethod: 'bank_transfer',
    externalPaymentId: null,
    stripeSubscriptionId: null,
    currentPeriodStart: createdAt,
    currentPeriodEnd: new Date('2026-02-28T10:20:30.123Z'),
    billingAnchor: createdAt,
    nextCreditsAt: null,
    cancelAtPeriodEnd: false,
    pendingPlanId: null,
    pendingPlanAt: null,
    createdAt,
    updatedAt: createdAt,
    ...overrides,
  }),
  membership: (overrides: Partial<Membership> = {}): Membership => ({
    accountId: 'account-1',
    userId: 'user-1',
    role: 'owner',
    createdAt,
    ...overrides,
  }),
  session: (overrides: Partial<NewSession> = {}): NewSession => ({
    tokenHash: 'a'.repeat(64),
    userId: 'user-1',
    accountId: 'account-1',
    createdAt,
    expiresAt: new Date('2026-03-02T10:20:30.123Z'),
    ...overrides,
  }),
  receipt: (overrides: Partial<Receipt> = {}): Receipt => ({
    id: 'receipt-1',
    accountId: 'account-1',
    paymentId: 'payment-1',
    number: 'R-2026-000001',
    issuer: { name: 'Compilers Ltd', address: '1 Loop Road, London', taxId: 'GB 123', email: 'billing@example.com' },
    accountName: 'Analytical Engines',
    plan: { slug: 'starter', name: 'Starter' },
    periodMonths: 1,
    periodStart: createdAt,
    periodEnd: new Date('2026-02-28T10:20:30.123Z'),
    amount: { amountMinor: 2999, currency: 'USD' },
    method: 'bank_transfer',
    reference: 'BANK 1',
    payerName: 'Ada Lovelace',
    createdAt,
    ...overrides,
  }),
  newEvent: (overrides: Partial<Pick<NewEvent, 'id' | 'accountId' | 'createdAt'>> = {}): NewEvent => ({
    id: 'event-1',
    accountId: 'account-1',
    name: 'account.suspended',
    data: { reason: 'unpaid' },
    createdAt,
    ...overrides,
  }),
  apiKey: (overrides: Partial<ApiKey> = {}): ApiKey => ({
    id: 'key-1',
    accountId: 'account-1',
    name: 'Importer',
    scopes: [],
    lastFour: '0cQ9',
    createdAt,
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    replacedById: null,
    ...overrides,
  }),
  lot: (overrides: Partial<CreditLot> = {}): CreditLot => ({
    id: 'lot-1',
    accountId: 'account-1',
    type: 'purchase',
    granted: 100,
    remaining: 100,
    reserved: 0,
    priority: 0,
    expiresAt: null,
    rolloverCap: null,
    createdAt,
    ...overrides,
  }),
  /** 100 bought credits that never expire; the key follows the type. */
  grant: (overrides: Partial<Grant> = {}): Grant => ({
    type: 'purchase',
    amount: 100,
    priority: 0,
    expiresAt: null,
    idempotencyKey: `grant:${overrides.type ?? 'purchase'}`,
    description: 'Credits',
    ...overrides,
  }),
  spend: (overrides: Partial<CreditSpend> = {}): CreditSpend => ({
    id: 'spend-1',
    accountId: 'account-1',
    amount: 10,
    idempotencyKey: `key:${overrides.id ?? 'spend-1'}`,
    fingerprint: 'f1',
    operation: 'article',
    description: 'Wrote an article',
    userId: null,
    apiKeyId: null,
    metadata: {},
    createdAt,
    ...overrides,
  }),
  recordedPayment: ({
    fingerprint = null,
    outcome = null,
    ...overrides
  }: Partial<Payment & Omit<RecordedPayment, 'payment'>> = {}): RecordedPayment => ({
    payment: payment(overrides),
    fingerprint,
    outcome,
  }),
  auditEntry: (overrides: Partial<AuditEntry> = {}): AuditEntry => ({
    id: 'audit-1',
    accountId: 'account-1',
    actor: { type: 'admin', id: 'user-1' },
    action: 'suspendAccount',
    reason: null,
    before: {},
    after: {},
    createdAt,
    ...overrides,
  }),
} as const
