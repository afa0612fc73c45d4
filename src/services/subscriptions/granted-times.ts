import type { Ledger } from '../../domain/ledger.js'
import type { Plan } from '../../domain/plan.js'
import { additionKey, type CreditTime, type GrantedTime, grantedTimes } from '../../domain/plan-change.js'
import { planCreditsKey } from '../../domain/plan-credits.js'
import type { Subscription } from '../../domain/subscription.js'
import type { StoreOperations } from '../../ports/store/store.js'

/** What the ledger says has been granted for the times whose credits have arrived; entries of it that are not written yet count. */
export async function readGrantedTimes(
  store: StoreOperations,
  { subscription, ledger, plan }: { subscription: Subscription; ledger: Ledger; plan: Plan },
  now: Date,
): Promise<GrantedTime[]> {
  const times: GrantedTime[] = []
  for (const time of grantedTimes(subscription, now)) times.push(await readTime(store, { subscription, ledger, plan }, time))
  return times
}

async function readTime(
  store: StoreOperations,
  { subscription, ledger, plan }: { subscription: Subscription; ledger: Ledger; plan: Plan },
  time: CreditTime,
): Promise<GrantedTime> {
  const find = async (idempotencyKey: string) =>
    ledger.entries.find((entry) => entry.idempotencyKey === idempotencyKey) ??
    (await store.findCreditEntryByKey({ accountId: ledger.accountId, idempotencyKey }))?.entry
  const first = await find(planCreditsKey(subscription, time.start))
  let allotted = Math.max(plan.includedCredits, first?.amount ?? 0)
  for (let additions = 0; ; additions++) {
    const addition = await find(additionKey(subscription, time, additions + 1))
    if (addition === undefined) return { ...time, allotted, additions }
    allotted = Math.max(allotted, Number(addition.metadata['allotted']))
  }
}
