import type { Actor, RegisterTrialInput, Tenantry } from 'tenantry'

/** What the operations take is known to the field. */
export async function wrongCalls(tenantry: Tenantry, actor: Actor): Promise<void> {
  const spend = { accountId: 'a', amount: 5, idempotencyKey: 'k', operation: 'article' }
  await tenantry.spendCredits(spend)
  // @ts-expect-error: no spend without a key
  await tenantry.spendCredits({ accountId: 'a', amount: 5, operation: 'article' })
  // @ts-expect-error: credits are numbers
  await tenantry.spendCredits({ ...spend, amount: '5' })
  // @ts-expect-error: there is no such field
  await tenantry.spendCredits({ ...spend, amout: 5 })
  // @ts-expect-error: a reservation ends some time
  await tenantry.reserveCredits(spend)
  // @ts-expect-error: nobody knows what the work has cost
  await tenantry.settleReservation({ reservationId: 'r' })
  // @ts-expect-error: somebody gives credits back
  await tenantry.refundCredits({ entryId: 'e', amount: 5, idempotencyKey: 'k', reason: 'r' })
  // @ts-expect-error: use is not told by the hour
  await tenantry.usageReport({ accountId: 'a', from: new Date(0), to: new Date(1), by: 'hour' })
  // @ts-expect-error: money is text, so that no float loses a cent
  await tenantry.confirmBankTransfer({ accountId: 'a', externalPaymentId: 'B', amount: 29.99, payerName: 'Ada' }, actor)
  // @ts-expect-error: somebody suspends an account
  await tenantry.suspendAccount({ accountId: 'a', reason: 'r' })
  // @ts-expect-error: there is no such actor
  await tenantry.suspendAccount({ accountId: 'a', reason: 'r' }, { type: 'root', id: 'x' })
  // @ts-expect-error: this is not how credits are granted
  await tenantry.grantCredits({ accountId: 'a', amount: 5, type: 'usage', idempotencyKey: 'k' }, actor)
}

const signUp: RegisterTrialInput = { email: 'ada@example.com' }

/** Answers come as they are promised. */
export async function answers(tenantry: Tenantry): Promise<void> {
  const { user, account, plan, subscription, session } = await tenantry.registerTrial(signUp)
  const credits: number = account.credits
  const texts: string[] = [user.email, plan.slug, subscription.status, session.token]
  // @ts-expect-error: the verifier of a password stays inside
  user.passwordHash
  // @ts-expect-error: what is answered is not the caller's to change
  account.credits = credits + texts.length
  const { items, next } = await tenantry.listPlans({ before: (await tenantry.listPlans()).next ?? '' })
  // @ts-expect-error: a list is not the caller's to change
  items.push(plan)
  next satisfies string | null
}
