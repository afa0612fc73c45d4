import {
  type Actor,
  formatMoney,
  type RefusalCode,
  type Store,
  secureRandomBytes,
  type Tenantry,
  type TenantryOptions,
  uuidv7,
} from 'tenantry'
import { samples } from 'tenantry/testing'
import { admin, createHost, type Host, password, subscribe, system } from './host.js'

/** What a test may call: everything that {@link Tenantry} has but the binding to another store. */
export type Operations = Omit<Tenantry, 'withStore'>
export type OperationName = keyof Operations

/** A customer with one of each thing that an account owns. */
export interface Customer {
  readonly accountId: string
  readonly userId: string
  readonly email: string
  readonly token: string
  readonly apiKeyId: string
  readonly secret: string
  readonly subscriptionId: string
  /** A bank transfer that the customer has been asked for, and its reference. */
  readonly paymentId: string
  readonly reference: string
  /** The entry of a spend. */
  readonly entryId: string
  /** Credits set aside, not settled yet. */
  readonly reservationId: string
  /** Something that was told of the account. */
  readonly eventId: string
  readonly receiptId: string
  /** The payment of the receipt. */
  readonly paidId: string
}

/** A host with customers, to whom bad input must not do anything. */
export interface World {
  readonly host: Host
  readonly own: Customer
  readonly foreign: Customer
  readonly suspended: Customer
  readonly adminToken: string
  /** Different in every world, for names that can be taken only once. */
  readonly tag: string
}

type Input<Name extends OperationName> = NonNullable<Parameters<Operations[Name]>[0]>
type KeyOf<Value> = Value extends unknown ? keyof Value : never
type FieldOf<Name extends OperationName> = Extract<KeyOf<Input<Name>>, string>

/** How an operation is called, and how it may refuse. */
export type OperationCase<Name extends OperationName = OperationName> = {
  /** A valid value for every field there is; a new field does not compile until it is here. */
  readonly fields: (world: World) => { readonly [Field in FieldOf<Name>]-?: unknown }
  /** The sets of fields that make a valid input; all of them together when left out. */
  readonly together?: readonly (readonly FieldOf<Name>[])[]
  /** The codes with which the operation may refuse besides `invalid_input`, by its contract. */
  readonly refusals: readonly RefusalCode[]
} & (Parameters<Operations[Name]> extends [unknown, Actor] ? { readonly actor: (world: World) => Actor } : { readonly actor?: never })

/** Operations that take nothing at all, or something else before their input; tests of their own spoil that. */
export const withoutInput = ['createFreeTrialPlan', 'deliverEvents', 'flush'] as const satisfies readonly OperationName[]
type WithInput = Exclude<OperationName, (typeof withoutInput)[number]>

const owner = ({ own }: World): Actor => ({ type: 'user', id: own.userId })
const byAdmin = (): Actor => admin
const bySystem = (): Actor => system
const cursor = ({ host }: World, id: string): string => `${host.clock().getTime()}_${id}`
const soon = ({ host }: World): Date => new Date(host.clock().getTime() + 86_400_000)
const person = ({ tag }: World) => ({ email: `grace-${tag}@example.com`, firstName: 'Grace', lastName: 'Hopper', password })
const statusChange = { fields: ({ own }: World) => ({ accountId: own.accountId, reason: 'Asked for it' }), actor: byAdmin }
const keyOf = ({ own }: World) => ({ accountId: own.accountId, apiKeyId: own.apiKeyId })
const gate = ['account_missing', 'account_suspended', 'account_cancelled', 'account_not_found'] as const
const work = { amount: 5, operation: 'article.generate', metadata: { article: 1 } }
const use = ({ own: { accountId, userId, apiKeyId } }: World) => ({ ...work, accountId, userId, apiKeyId })
const useRefusals = ['account_not_found', 'account_suspended', 'account_cancelled', 'insufficient_credits', 'idempotency_mismatch'] as const
const endRefusals = ['reservation_not_found', 'reservation_closed'] as const
const unknownAccount = ['account_not_found'] as const

/** Every operation with input. */
export const operationCases: { readonly [Name in WithInput]: OperationCase<Name> } = {
  syncPlans: {
    fields: () => ({
      fuzz: {
        slug: 'fuzz',
        name: 'Fuzz',
        prices: [{ amountMinor: 100, currency: 'USD' }],
        billingCycle: 'monthly',
        includedCredits: 10,
        limits: { maxSites: 3, maxUsers: null },
        throttles: { api: { limit: 3, windowSeconds: 60 } },
        isActive: true,
        creditRollover: { cap: 5 },
      },
    }),
    refusals: [],
  },
  listPlans: { fields: (world) => ({ before: cursor(world, 'plan'), limit: 3 }), refusals: [] },
  setPlanActive: { fields: () => ({ slug: 'pro', isActive: true }), actor: byAdmin, refusals: ['forbidden', 'plan_not_found'] },
  registerTrial: {
    fields: (world) => ({
      ...person(world),
      accountName: 'Compilers',
      externalUserId: `grace-${world.tag}`,
      fingerprints: [`card-${world.tag}`],
      ip: '203.0.113.7',
    }),
    refusals: ['email_taken', 'external_user_id_taken', 'trial_used'],
  },
  createAdmin: {
    fields: (world) => ({ ...person(world), promote: false }),
    actor: bySystem,
    refusals: ['forbidden', 'email_taken'],
  },
  login: {
    fields: ({ own }) => ({ email: own.email, password, ip: '203.0.113.7' }),
    refusals: ['invalid_credentials', 'throttled'],
  },
  logout: { fields: ({ own }) => ({ token: own.token }), refusals: [] },
  revokeSessions: { fields: ({ own }) => ({ userId: own.userId }), actor: owner, refusals: ['user_not_found'] },
  changePassword: {
    fields: ({ own }) => ({
      userId: own.userId,
      current: password,
      next: 'another horse battery',
      keepToken: own.token,
      ip: '203.0.113.7',
    }),
    refusals: ['invalid_credentials', 'throttled'],
  },
  validateAccountAndPlan: {
    fields: ({ own }) => ({
      accountId: own.accountId,
      userId: own.userId,
      ...samples.account({ plan: samples.plan() }),
      subscription: samples.subscription(),
      ...samples.user(),
      account: { ...samples.account({ plan: samples.plan() }), subscription: samples.subscription() },
    }),
    together: [['accountId'], ['userId'], ['status', 'plan', 'subscription'], ['id', 'email', 'account']],
    refusals: [...gate, 'invalid_subject', 'user_not_found', 'plan_missing', 'plan_inactive', 'trial_expired', 'payment_overdue'],
  },
  authenticate: { fields: ({ own }) => ({ credential: own.secret, scopes: ['sites:read'] }), refusals: ['invalid_credential', ...gate] },
  authenticateAdmin: { fields: ({ adminToken }) => ({ credential: adminToken }), refusals: ['invalid_credential', 'forbidden'] },
  authorize: {
    fields: ({ own }) => ({
      credential: own.token,
      accountId: own.accountId,
      scope: 'fuzz',
      scopes: ['sites:read'],
      ip: '203.0.113.7',
      cost: 1,
    }),
    together: [
      ['credential', 'scope', 'scopes', 'ip', 'cost'],
      ['accountId', 'scope', 'scopes', 'ip', 'cost'],
    ],
    refusals: ['invalid_credential', 'throttled', ...gate],
  },
  throttle: {
    fields: ({ own }) => ({ scope: 'fuzz', accountId: own.accountId, ip: '2001:db8::1', cost: 1 }),
    refusals: ['account_not_found', 'throttled'],
  },
  getAccount: {
    fields: ({ own }) => ({ accountId: own.accountId, email: own.email }),
    together: [['accountId'], ['email']],
    refusals: unknownAccount,
  },
  suspendAccount: { ...statusChange, refusals: ['forbidden', 'account_not_found'] },
  reinstateAccount: {
    ...statusChange,
    fields: ({ suspended }) => ({ accountId: suspended.accountId, reason: 'Paid' }),
    refusals: ['forbidden', 'account_not_found', 'invalid_transition'],
  },
  cancelAccount: { ...statusChange, actor: owner, refusals: ['forbidden', 'account_not_found'] },
  setAccountThrottles: {
    fields: ({ own }) => ({
      accountId: own.accountId,
      throttles: { api: { limit: 10, windowSeconds: 60, burst: 5 }, fuzz: null },
      reason: 'Asked for it',
    }),
    actor: byAdmin,
    refusals: ['forbidden', 'account_not_found'],
  },
  createApiKey: {
    fields: (world) => ({ accountId: world.own.accountId, name: 'Importer', scopes: ['sites:read'], expiresAt: soon(world) }),
    actor: owner,
    refusals: ['forbidden', 'account_not_found'],
  },
  listApiKeys: {
    fields: (world) => ({ accountId: world.own.accountId, before: cursor(world, 'key'), limit: 3 }),
    refusals: unknownAccount,
  },
  revokeApiKey: { fields: keyOf, actor: owner, refusals: ['forbidden', 'account_not_found', 'api_key_not_found'] },
  rotateApiKey: {
    fields: (world) => ({ ...keyOf(world), overlapSeconds: 60 }),
    actor: owner,
    refusals: ['forbidden', 'account_not_found', 'api_key_not_found', 'invalid_transition'],
  },
  grantCredits: {
    fields: (world) => ({
      accountId: world.own.accountId,
      amount: 5,
      type: 'purchase',
      idempotencyKey: `grant-${uuidv7()}`,
      expiresAt: soon(world),
      priority: 3,
      description: 'A pack',
      metadata: { pack: 'small' },
    }),
    actor: byAdmin,
    refusals: ['forbidden', 'account_not_found', 'idempotency_mismatch'],
  },
  spendCredits: {
    fields: (world) => ({ ...use(world), idempotencyKey: `spend-${uuidv7()}` }),
    refusals: useRefusals,
  },
  reserveCredits: {
    fields: (world) => ({ ...use(world), idempotencyKey: `reserve-${uuidv7()}`, ttlSeconds: 60 }),
    refusals: useRefusals,
  },
  settleReservation: { fields: ({ own }) => ({ reservationId: own.reservationId, actual: 3 }), refusals: endRefusals },
  releaseReservation: { fields: ({ own }) => ({ reservationId: own.reservationId }), refusals: endRefusals },
  refundCredits: {
    fields: ({ own }) => ({ entryId: own.entryId, amount: 3, idempotencyKey: `refund-${uuidv7()}`, reason: 'It failed' }),
    actor: byAdmin,
    refusals: ['forbidden', 'entry_not_found', 'idempotency_mismatch'],
  },
  adjustCredits: {
    fields: ({ own }) => ({ accountId: own.accountId, amount: -5, idempotencyKey: `adjust-${uuidv7()}`, reason: 'A mistake' }),
    actor: byAdmin,
    refusals: ['forbidden', 'account_not_found', 'insufficient_credits', 'idempotency_mismatch'],
  },
  creditBalance: { fields: ({ own }) => ({ accountId: own.accountId }), refusals: unknownAccount },
  usageReport: {
    fields: (world) => ({ accountId: world.own.accountId, from: new Date('2025-12-01'), to: soon(world), by: 'day' }),
    refusals: unknownAccount,
  },
  listCreditEntries: { fields: ({ own }) => ({ accountId: own.accountId, before: '9', limit: 3 }), refusals: unknownAccount },
  confirmBankTransfer: {
    fields: ({ own }) => ({
      accountId: own.accountId,
      subscriptionId: own.subscriptionId,
      paymentId: own.paymentId,
      reference: own.reference,
      externalPaymentId: `FUZZ ${uuidv7()}`,
      amount: formatMoney({ amountMinor: 2999, currency: 'USD' }),
      currency: 'USD',
      payerName: 'Ada Lovelace',
      proofUrl: 'https://files.example.com/receipt.pdf',
      periodMonths: 1,
      planSlug: 'starter',
      acceptAmount: { reason: 'Bank fees' },
    }),
    together: [
      ['accountId', 'externalPaymentId', 'amount', 'currency', 'payerName', 'proofUrl', 'periodMonths', 'planSlug', 'acceptAmount'],
      ['accountId', 'subscriptionId', 'paymentId', 'reference', 'externalPaymentId', 'amount', 'payerName'],
    ],
    actor: byAdmin,
    refusals: [
      'forbidden',
      'account_not_found',
      'subscription_not_found',
      'payment_not_found',
      'plan_not_found',
      'payment_reference_conflict',
      'payment_closed',
      'amount_mismatch',
      'currency_mismatch',
    ],
  },
  requestBankTransfer: {
    fields: ({ own }) => ({ accountId: own.accountId, planSlug: 'starter', periodMonths: 2, currency: 'USD' }),
    actor: owner,
    refusals: ['forbidden', 'account_not_found', 'plan_not_found', 'currency_mismatch', 'already_subscribed'],
  },
  submitBankTransfer: {
    fields: ({ own }) => ({
      paymentId: own.paymentId,
      externalPaymentId: `FUZZ ${uuidv7()}`,
      payerName: 'Ada Lovelace',
      proofUrl: 'https://files.example.com/receipt.pdf',
    }),
    actor: owner,
    refusals: ['forbidden', 'payment_not_found', 'payment_reference_conflict'],
  },
  rejectBankTransfer: {
    fields: ({ own }) => ({ paymentId: own.paymentId, reason: 'Nothing came' }),
    actor: byAdmin,
    refusals: ['forbidden', 'payment_not_found', 'payment_closed'],
  },
  listPayments: {
    fields: (world) => ({ accountId: world.own.accountId, status: 'confirmed', before: cursor(world, 'payment'), limit: 3 }),
    refusals: unknownAccount,
  },
  getReceipt: {
    fields: ({ own }) => ({ accountId: own.accountId, receiptId: own.receiptId, paymentId: own.paidId }),
    together: [
      ['accountId', 'receiptId'],
      ['accountId', 'paymentId'],
    ],
    refusals: ['receipt_not_found'],
  },
  listReceipts: {
    fields: (world) => ({ accountId: world.own.accountId, before: cursor(world, 'receipt'), limit: 3 }),
    refusals: unknownAccount,
  },
  listEvents: {
    fields: (world) => ({ accountId: world.own.accountId, status: 'pending', before: cursor(world, 'event'), limit: 3 }),
    refusals: unknownAccount,
  },
  retryEvent: { fields: ({ own }) => ({ eventId: own.eventId }), actor: byAdmin, refusals: ['forbidden', 'event_not_found'] },
  pruneEvents: { fields: () => ({ before: new Date('2025-12-01') }), refusals: [] },
  changePlan: {
    fields: ({ own }) => ({ accountId: own.accountId, planSlug: 'saver', when: 'period_end', reason: 'Asked for it' }),
    actor: owner,
    refusals: ['account_not_found', 'forbidden', 'plan_not_found', 'payment_required'],
  },
  previewPlanChange: {
    fields: ({ own }) => ({ accountId: own.accountId, planSlug: 'saver', when: 'now', reason: 'Asked for it' }),
    actor: owner,
    refusals: ['account_not_found', 'forbidden', 'plan_not_found'],
  },
  cancelSubscription: {
    fields: ({ own }) => ({ accountId: own.accountId, when: 'period_end', reason: 'Too dear' }),
    actor: owner,
    refusals: ['account_not_found', 'forbidden'],
  },
  resumeSubscription: {
    fields: ({ own }) => ({ accountId: own.accountId }),
    actor: owner,
    refusals: ['account_not_found', 'forbidden'],
  },
  listAuditEntries: {
    fields: (world) => ({ accountId: world.own.accountId, before: cursor(world, 'act'), limit: 3 }),
    refusals: unknownAccount,
  },
  runDue: { fields: () => ({ limit: 5, onProgress: () => {} }), refusals: [] },
  verifyBooks: { fields: ({ own }) => ({ accountId: own.accountId, onProgress: () => {} }), refusals: unknownAccount },
}

let worlds = 0

/** Makes a world over a store. */
export async function makeWorld(wrap: (store: Store) => Store): Promise<World> {
  worlds += 1
  const options: Partial<TenantryOptions> = { throttling: { fallback: { limit: 1_000_000, windowSeconds: 60 } } }
  const host = await createHost({ ...options, wrap, newId: uuidv7, randomBytes: secureRandomBytes })
  const tag = `${worlds}-${uuidv7()}`
  const [own, foreign, suspended] = [
    await addCustomer(host, `own-${tag}`),
    await addCustomer(host, `foreign-${tag}`),
    await addCustomer(host, `suspended-${tag}`),
  ]
  await host.tenantry.suspendAccount({ accountId: suspended.accountId, reason: 'Did not pay' }, admin)
  const root = { email: `root-${tag}@example.com`, password }
  await host.tenantry.createAdmin(root, system)
  const { session } = await host.tenantry.login(root)
  return { host, own, foreign, suspended, adminToken: session.token, tag }
}

async function addCustomer(host: Host, name: string): Promise<Customer> {
  const email = `${name}@example.com`
  const { accountId, user, session, subscription, receipt } = await subscribe(host, 'starter', 1, { email })
  const made = await host.tenantry.createApiKey({ accountId, name: 'First' }, { type: 'user', id: user.id })
  const { entry } = await host.tenantry.spendCredits({ ...work, accountId, idempotencyKey: 'first' })
  const { reservation } = await host.tenantry.reserveCredits({ ...work, accountId, idempotencyKey: 'second', ttlSeconds: 3600 })
  const { items } = await host.tenantry.listEvents({ accountId, limit: 1 })
  const asked = { accountId, planSlug: 'starter', periodMonths: 1 }
  const { payment } = await host.tenantry.requestBankTransfer(asked, { type: 'user', id: user.id })
  return {
    accountId,
    userId: user.id,
    email,
    token: session.token,
    apiKeyId: made.apiKey.id,
    secret: made.secret,
    subscriptionId: subscription.id,
    paymentId: payment.id,
    reference: payment.reference,
    entryId: entry.id,
    reservationId: reservation.id,
    receiptId: receipt.id,
    paidId: receipt.paymentId,
    eventId: items[0]?.event.id ?? '',
  }
}
