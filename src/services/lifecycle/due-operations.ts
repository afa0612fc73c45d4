import type { RunDueInput, RunDueResult } from './run-due.js'

/** What time brings to accounts. */
export interface DueOperations {
  /**
   * Carries out what time has brought, up to now: reminders before trials end and the ends themselves, the credits of paid months that have
   * begun and those that lapse, reservations that have expired, payments that were missed, and what follows when paid time is over. Then the
   * subscription becomes `past_due`, or `canceled` where that was scheduled; when the grace is over too, the account is suspended with the
   * reason `payment_overdue`, until it pays. Each of it is told by an event in the same transaction.
   *
   * Call it from a timer, every minute or every hour, on as many workers as you like: they take accounts from each other's way and wait for
   * nobody. What it costs follows what is due, not how many accounts there are. Each thing happens exactly once, in the order of time, however
   * late the run is and wherever a worker dies. Of several reminders that were missed only the most urgent one is told, and none once the
   * trial is over; a reminder for which the trial is too short is none.
   *
   * Nothing waits for a run to be right: the gate refuses by the clock, `creditBalance` and `spendCredits` know what has lapsed and what has
   * come. An account that is reinstated while its payment is overdue is suspended again: confirm the payment instead. Cancelled accounts are
   * left alone. When the host changes `trial.remindDaysBefore` or `billing.graceDays`, an account goes by it from its next date on.
   *
   * @throws TenantryError `invalid_input`; an account whose data is broken is named among the `failures` and holds up no other
   */
  runDue(input?: RunDueInput): Promise<RunDueResult>
}
