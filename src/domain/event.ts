/**
 * What each event tells, by its name: plain JSON, with ids, slugs, integers and times as ISO 8601 in UTC. Money is in minor units of its
 * currency. The account and the time of the event are on the event itself, see {@link TenantryEvent}.
 */
export interface TenantryEventData {
  /** Somebody signed up. */
  'account.created': { readonly name: string; readonly ownerId: string; readonly planSlug: string }
  'account.suspended': { readonly reason: string }
  /** `status` is what the account has now. */
  'account.reinstated': { readonly reason: string; readonly status: string }
  'account.cancelled': { readonly reason: string }
  'trial.ending': { readonly daysLeft: number; readonly endsAt: string }
  'trial.expired': { readonly endedAt: string }
  'payment.requested': PaymentFacts & { readonly reference: string; readonly dueAt: string }
  'payment.submitted': PaymentFacts
  'payment.confirmed': PaymentFacts
  'payment.rejected': PaymentFacts & { readonly reason: string }
  'payment.overdue': PaymentFacts & { readonly dueAt: string }
  'subscription.started': SubscriptionPeriod
  /** The subscription goes on with the period that is named. */
  'subscription.renewed': SubscriptionPeriod
  'subscription.changed': PlanChangeFacts
  'subscription.change_scheduled': PlanChangeFacts & { readonly effectiveAt: string }
  /** A scheduled change to `toPlanSlug` was taken back. */
  'subscription.change_withdrawn': PlanChangeFacts
  'subscription.past_due': { readonly subscriptionId: string; readonly periodEnd: string; readonly graceEndsAt: string }
  'subscription.cancel_scheduled': { readonly subscriptionId: string; readonly endsAt: string }
  'subscription.resumed': { readonly subscriptionId: string; readonly periodEnd: string }
  'subscription.canceled': { readonly subscriptionId: string; readonly endedAt: string }
  /** Credits arrived, by plan, by hand or by purchase. `type` is that of the ledger's entry. */
  'credits.granted': { readonly entryId: string; readonly type: string; readonly amount: number; readonly balance: number }
  /** `amount` is positive: what was lost. */
  'credits.expired': { readonly entryId: string; readonly amount: number; readonly balance: number }
  'receipt.issued': {
    readonly receiptId: string
    readonly number: string
    readonly paymentId: string
    readonly amountMinor: number
    readonly currency: string
  }
}

interface PaymentFacts {
  readonly paymentId: string
  readonly planSlug: string | null
  readonly amountMinor: number
  readonly currency: string
  readonly periodMonths: number
}

interface SubscriptionPeriod {
  readonly subscriptionId: string
  readonly planSlug: string
  readonly periodStart: string
  readonly periodEnd: string
}

interface PlanChangeFacts {
  readonly subscriptionId: string
  readonly fromPlanSlug: string
  readonly toPlanSlug: string
}

/** The name of an event. */
export type EventName = keyof TenantryEventData

/** Something that happened to an account, written in the transaction in which it happened. */
export interface TenantryEvent<Name extends EventName = EventName> {
  /** The same at every delivery: what a receiver tells repeated ones by. */
  readonly id: string
  readonly accountId: string
  /** 1, 2, 3 … within the account, without gaps: the order in which its events happened and are delivered. */
  readonly sequence: number
  readonly name: Name
  readonly data: TenantryEventData[Name]
  readonly createdAt: Date
}

/** A name and the data that goes with it. */
export type EventContent = { [Name in EventName]: Pick<TenantryEvent<Name>, 'name' | 'data'> }[EventName]

/** An event of any name: asking for the name tells the type of the data. */
export type AnyTenantryEvent = { [Name in EventName]: TenantryEvent<Name> }[EventName]

/** An event before the store has numbered it. */
export type NewEvent = { [Name in EventName]: Omit<TenantryEvent<Name>, 'sequence'> }[EventName]

/**
 * Where an event is on its way: not delivered yet (also while an attempt is under way), taken by the handler, or given up after the last
 * attempt.
 */
export type EventStatus = 'pending' | 'delivered' | 'dead'

/** Every {@link EventStatus}. */
export const eventStatuses = ['pending', 'delivered', 'dead'] as const satisfies readonly EventStatus[]

/** An event with its delivery. */
export interface EventRecord {
  readonly event: AnyTenantryEvent
  readonly status: EventStatus
  /** How often the handler was tried and its outcome is known. */
  readonly attempts: number
  /** What the last failed attempt said; `null` where none failed. */
  readonly lastError: string | null
  /** Before this moment a failed event is not tried again; `null` where it waits for nothing. */
  readonly retryAt: Date | null
  readonly deliveredAt: Date | null
}
