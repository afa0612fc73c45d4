import type { Actor } from '../domain/actor.js'
import type { Catalogue, PlanSlug } from '../domain/plan.js'
import type * as io from './inputs-and-results.js'

type WithPlanSlug<Input, C extends Catalogue> = Omit<Input, 'planSlug'> & { readonly planSlug: PlanSlug<C> }

/** The operations of {@link Tenantry} that change, end and resume what an account has subscribed to. */
export interface TenantrySubscriptions<C extends Catalogue = Catalogue> {
  /**
   * Puts an account on another plan, now or when its paid time ends.
   *
   * **Now** the plan counts for all the time that is left. The difference in included credits for the rest of the running month arrives at
   * once, rounded down, and only once: going up and down again never brings more than the best plan's credits. Credits are never taken back,
   * and neither days nor money are given back. A dearer plan has to be paid for: a member is refused with `payment_required` and what is due
   * for the time that is left; an operator, who has settled the money, makes the change. The due amount goes into the audit log.
   *
   * **At the period's end** the change is scheduled. It counts from that moment on, whether or not a job has run; a dearer plan counts from
   * the payment that begins it. Another change takes its place; asking for the present plan takes it back. Money that comes before counts for
   * the scheduled plan when no other is named.
   *
   * A trial changes now or not at all, members to plans that cost nothing, and its end stays.
   *
   * @throws TenantryError `account_not_found`, also for an actor who has no part in the account; `forbidden` for members who do not manage it,
   *   for API keys, and for a plan without a price unless an operator asks; `plan_not_found`; `plan_inactive`; `plan_missing`;
   *   `payment_required`; `account_suspended`; `account_cancelled`; `subscription_not_found`; `trial_expired`; `payment_overdue` when no paid
   *   time is left; `already_subscribed` when time on a scheduled plan has been paid for; `invalid_transition`, also for a free plan while
   *   paid time runs; `invalid_input`
   */
  changePlan(input: WithPlanSlug<io.ChangePlanInput, C>, actor: Actor): Promise<io.PlanChangeResult>
  /**
   * What {@link TenantrySubscriptions.changePlan} would do at this moment, by the same code; nothing is kept. Where the change has to be paid
   * for, a member is told how much.
   *
   * @throws TenantryError as `changePlan`, but for `payment_required`
   */
  previewPlanChange(input: WithPlanSlug<io.PreviewPlanChangeInput, C>, actor: Actor): Promise<io.PlanChangeResult>
  /**
   * Ends the account's subscription, now or when its period ends. Until the period's end everything goes on, a scheduled change of plan is
   * dropped, and {@link TenantrySubscriptions.resumeSubscription} takes it back. Now, the time that is left is given up and unused plan
   * credits lapse. From the end on the gate refuses, without days of grace. What has ended already ends now. Canceling again changes nothing.
   *
   * @throws TenantryError `account_not_found`, also for an actor who has no part in the account; `forbidden` for members who do not manage it
   *   and for API keys; `account_cancelled`; `subscription_not_found`; `invalid_input`
   */
  cancelSubscription(input: io.CancelSubscriptionInput, actor: Actor): Promise<io.SubscriptionResult>
  /**
   * Takes back that the subscription ends with its period. One that goes on anyway stays as it is.
   *
   * @throws TenantryError `account_not_found`, also for an actor who has no part in the account; `forbidden` for members who do not manage it
   *   and for API keys; `account_suspended`; `account_cancelled`; `subscription_not_found`; `trial_expired` and `payment_overdue` when the end
   *   has come; `invalid_transition` for a subscription that was canceled or waits for its payment; `invalid_input`
   */
  resumeSubscription(input: io.ResumeSubscriptionInput, actor: Actor): Promise<io.SubscriptionResult>
}
