const words: Readonly<Record<string, string>> = {
  trial_expired: 'Your free trial is over. Choose a plan and pay for it to go on; nothing of yours is lost.',
  payment_overdue: 'Your payment is overdue, and so your account waits. As soon as we have confirmed it, everything goes on.',
  plan_missing: 'Your account has no plan. Choose one to go on.',
  plan_inactive: 'Your plan is not available any more. Choose another one to go on.',
}

/** What the gate says against an account, in words for the place where its customer can do something about it. */
export const standingWords = ({ code, message }: { code: string; message: string }): string => words[code] ?? message
