import { z } from 'zod'
import type { Account } from '../../domain/account.js'
import { creditEvents } from '../../domain/account-events.js'
import { addDays } from '../../domain/calendar.js'
import { emptyLedger } from '../../domain/ledger.js'
import { nextLife, unborn } from '../../domain/life.js'
import type { Plan } from '../../domain/plan.js'
import { grantPlanCredits } from '../../domain/plan-credits.js'
import type { Session } from '../../domain/session.js'
import { settlesAt } from '../../domain/settlement.js'
import type { Subscription } from '../../domain/subscription.js'
import type { TrialFacts } from '../../domain/trial.js'
import type { User } from '../../domain/user.js'
import { TenantryError } from '../../errors.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import type { Context } from '../context.js'
import { recordEvents } from '../events/record-event.js'
import { parseInput } from '../parse-input.js'
import { line } from '../schemas.js'
import { rememberAddress } from '../sessions/known-addresses.js'
import { addUser, personFields } from '../sessions/new-user.js'
import { requireGoodPassword } from '../sessions/password-input.js'
import { clientSubject } from '../sessions/password-try.js'
import { openSession } from '../sessions/session.js'
import { claimTrial } from './claim-trial.js'

const Input = z.strictObject({
  ...personFields,
  /** Left out, the person signs in elsewhere and is known here by `externalUserId`. */
  password: z.string().optional(),
  /** The name of the account; the person's name when left out. */
  accountName: line(200).optional(),
  /** The person's id in the host's own sign-in. */
  externalUserId: line(255).optional(),
  /** What the host knows people by besides their address: of a device, of a card. Each has one free trial. */
  fingerprints: z.array(line(255)).max(10).default([]),
  /** The client's address, from which the person can then sign in whatever strangers try; see `login`. */
  ip: z.string().max(200).nullish(),
})

/** What `registerTrial` takes. */
export type RegisterTrialInput = z.input<typeof Input>
/** What `registerTrial` answers. */
export interface RegisterTrialResult {
  readonly user: User
  readonly account: Account
  readonly plan: Plan
  readonly subscription: Subscription
  readonly session: Session
}

/** See {@link Tenantry.registerTrial}. */
export async function registerTrial(context: Context, input: RegisterTrialInput): Promise<RegisterTrialResult> {
  const signUp = parseInput(Input, input)
  if (signUp.password !== undefined) requireGoodPassword(context, signUp.password, signUp.email, 'password')
  const passwordHash = signUp.password === undefined ? null : await context.passwords.hash(signUp.password)
  const now = context.clock()

  return context.store.transaction(async (tx) => {
    const plan = await findTrialPlan(context, tx)
    const user = newUser(context.newId(), signUp, now)
    await addUser(tx, user, passwordHash, signUp.externalUserId ?? null)
    await rememberAddress(context, tx, { user, verifier: passwordHash, knownAddresses: [], client: clientSubject(context, signUp.ip) })
    await claimTrial(context, tx, factsOf(signUp, now))
    const opened = await openTrialAccount(context, tx, { owner: user, plan, name: signUp.accountName ?? defaultName(user), now })
    const session = await openSession(context, tx, { userId: user.id, accountId: opened.account.id, now })
    return { user, plan, ...opened, session }
  })
}

const factsOf = ({ email, fingerprints, firstName, lastName, externalUserId }: z.output<typeof Input>, now: Date): TrialFacts => ({
  email,
  fingerprints,
  firstName,
  lastName,
  externalUserId: externalUserId ?? null,
  now,
})

async function findTrialPlan({ settings }: Context, tx: StoreTransaction): Promise<Plan> {
  const { planSlug } = settings.trial
  const plan = await tx.findPlanBySlug(planSlug)
  if (plan === null) throw new TenantryError('plan_not_found', { planSlug })
  if (!plan.isActive) throw new TenantryError('plan_inactive', { planSlug })
  return plan
}

const newUser = (id: string, person: { email: string; firstName: string; lastName: string }, now: Date): User => ({
  id,
  email: person.email,
  firstName: person.firstName,
  lastName: person.lastName,
  platformRole: null,
  createdAt: now,
})

const defaultName = (user: User): string => `${user.firstName} ${user.lastName}`.trim() || user.email

/** Adds the account with its owner, trial subscription and trial credits, and tells of it. */
async function openTrialAccount(
  context: Context,
  tx: StoreTransaction,
  { owner, plan, name, now }: { owner: User; plan: Plan; name: string; now: Date },
): Promise<{ account: Account; subscription: Subscription }> {
  const accountId = context.newId()
  const life = nextLife(unborn, 'sign_up')
  const account = { id: accountId, name, status: life.account, paymentMethod: 'stripe', ownerId: owner.id, createdAt: now } as const
  const subscription = trialSubscription(context.newId(), accountId, plan, now, context.settings.trial.days)
  const before = emptyLedger(accountId)
  const time = { start: now, end: subscription.currentPeriodEnd }
  const ledger = grantPlanCredits(before, { plan, subscription }, time, { now, newId: context.newId })

  await tx.addAccount({ ...account, planId: plan.id })
  await tx.addMembership({ accountId, userId: owner.id, role: 'owner', createdAt: now })
  await tx.saveSubscription(subscription)
  await tx.saveLedger({ before, after: { ledger, fingerprints: {} }, settlesAt: settlesAt(ledger, subscription) })
  const created = { name: 'account.created', data: { name, ownerId: owner.id, planSlug: plan.slug } } as const
  await recordEvents(context, tx, { accountId, at: now, contents: [created, ...creditEvents(ledger.entries)] })
  return { account: { ...account, statusReason: null, throttles: {}, plan, credits: ledger.balance, deletedAt: null }, subscription }
}

const trialSubscription = (id: string, accountId: string, plan: Plan, now: Date, days: number): Subscription => ({
  id,
  accountId,
  planId: plan.id,
  status: 'trialing',
  paymentMethod: 'stripe',
  externalPaymentId: null,
  stripeSubscriptionId: null,
  currentPeriodStart: now,
  currentPeriodEnd: addDays(now, days),
  billingAnchor: now,
  nextCreditsAt: null,
  cancelAtPeriodEnd: false,
  pendingPlanId: null,
  pendingPlanAt: null,
  createdAt: now,
  updatedAt: now,
})
