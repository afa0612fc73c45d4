import type { Actor } from '../../domain/actor.js'
import type { Catalogue, PlanSlug } from '../../domain/plan.js'
import type * as io from '../inputs-and-results.js'

type WithPlan<Input, C extends Catalogue> = Omit<Input, 'planSlug'> & { readonly planSlug: PlanSlug<C> }
type WithPlanSlug<Input, C extends Catalogue> = Omit<Input, 'planSlug'> & { readonly planSlug?: PlanSlug<C> | undefined }

/** Bank transfers: asked for, submitted, confirmed or rejected. */
export interface TransferOperations<C extends Catalogue = Catalogue> {
  /**
   * Asks an account for a bank transfer: how much is due for months on a plan, until when and under which reference. The customer writes the
   * reference on the transfer; it has check digits, and no two transfers have the same.
   *
   * An account without paid time waits for the money from now on, as `pending_payment`: it may go on until the money is due or, where that is
   * later, until its trial or grace would have ended. One with paid time left stays as it is.
   *
   * An account is asked for one transfer at a time. Asking for the same again answers the same payment, as long as it is not overdue. Asking
   * for another one closes the first with the reason `replaced`, and gives no more time. The amount holds, whatever the plan costs later.
   *
   * @throws TenantryError `account_not_found`, also for an actor who has no part in the account; `forbidden` for members who do not manage it
   *   and for API keys; `account_cancelled`; `plan_not_found`; `plan_inactive`; `currency_mismatch`; `already_subscribed` for a plan to which
   *   the running one cannot be changed, see `confirmBankTransfer`; `payment_closed` while another transfer is submitted; `invalid_input`,
   *   also for a free plan
   */
  requestBankTransfer(input: WithPlan<io.RequestBankTransferInput, C>, actor: Actor): Promise<io.RequestBankTransferResult>
  /**
   * The customer says that a requested transfer is sent: it waits for a confirmation. Nothing else changes. Saying the same again changes
   * nothing, saying something else corrects it, and a transfer that was rejected is submitted anew, unless the account has asked for another
   * one since.
   *
   * @throws TenantryError `payment_not_found`, also for an actor who has no part in the account; `forbidden` for members who do not manage it
   *   and for API keys; `payment_closed` for one that is confirmed; `payment_reference_conflict` for a transfer that was confirmed before;
   *   `account_cancelled`; `invalid_input`
   */
  submitBankTransfer(input: io.SubmitBankTransferInput, actor: Actor): Promise<io.SubmitBankTransferResult>
  /**
   * Confirms that the money of a bank transfer came, and gives the account what it paid for: the payment, the subscription, the account's
   * status, the credits with their ledger entries, the audit entry, the events and a receipt with the next number of the issuer's, all in one
   * transaction. Everybody who confirms waits for that number until the transaction ends: in a transaction of your own, confirm last.
   *
   * An account on trial, or whose paid time is over, starts its period now; a running one is prolonged from its end, in calendar months from
   * its anchor. Unused plan and trial credits of a period that ends lapse by the plan's roll-over, with an `expiration` entry of their own;
   * credits that were bought stay.
   *
   * A transfer is known by its bank reference, whatever its case and spaces, across all accounts. Confirming it again with the same content
   * answers the first result, with other content it is refused.
   *
   * A transfer that was requested is named by `paymentId` or by the `reference` that the customer wrote on it; where neither is given, it is
   * the one that the account has been asked for. Plan, months and amount are then those of the request, and what is named beside it must agree.
   * Any other amount is refused with both figures, unless `acceptAmount` gives a reason to take it.
   *
   * @throws TenantryError `forbidden` unless the actor is an `admin` who is no member of the account; `account_not_found`,
   *   `subscription_not_found`, `payment_not_found`, `plan_not_found`; `payment_reference_conflict`; `payment_closed`; `amount_mismatch`;
   *   `currency_mismatch`; `plan_inactive`; `account_cancelled`; `already_subscribed` for
   *   a cheaper plan while the present one runs, and for a dearer one while more than a month of it is left; `invalid_input`
   */
  confirmBankTransfer(input: WithPlanSlug<io.ConfirmBankTransferInput, C>, actor: Actor): Promise<io.ConfirmBankTransferResult>
  /**
   * Turns a transfer down that was requested or submitted, with a reason for the customer, who may submit it again. Nothing else changes.
   * Rejecting it again with the same reason changes nothing.
   *
   * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `payment_not_found`; `payment_closed` for one that
   *   is confirmed, or rejected with another reason; `invalid_input`
   */
  rejectBankTransfer(input: io.RejectBankTransferInput, actor: Actor): Promise<io.RejectBankTransferResult>
  /**
   * Lists payments, newest first. `status: 'submitted'` is the queue of those that wait for a decision.
   *
   * @throws TenantryError `account_not_found`, `invalid_input`
   */
  listPayments(input?: io.ListPaymentsInput): Promise<io.ListPaymentsResult>
}
