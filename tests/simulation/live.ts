import type { Tenantry } from 'tenantry'
import type { ManualClock } from 'tenantry/testing'
import { type Customer, perform, signUp } from './customer.js'
import type { Tick } from './year.js'

/** Where a year is lived. */
export interface Stage {
  readonly tenantry: Tenantry
  readonly clock: ManualClock
  /** How many customers are served at once. */
  readonly atOnce: number
  /** The jobs begin with what has come due by now. Answers the accounts, by id, that they have not done with. */
  readonly begin: (tick: Tick) => Promise<ReadonlySet<string>>
  /** Ends when nothing is due any more. */
  readonly finish: (tick: Tick) => Promise<void>
}

/**
 * Lives through a year. What a customer does meets an account to which the jobs have brought what was due: so it does not matter which of
 * them is first, and two stages can be compared. Customers to whose accounts nothing is due do not wait for the jobs.
 */
export async function liveYear(ticks: readonly Tick[], stage: Stage): Promise<Customer[]> {
  const customers: Customer[] = []
  for (const tick of ticks) {
    stage.clock.set(tick.at)
    const busy = await stage.begin(tick)
    const isBusy = ({ who }: Tick['acts'][number]): boolean => busy.has(customers[who]?.accountId ?? '')
    await act(stage, customers, tick, (one) => !isBusy(one))
    await stage.finish(tick)
    await act(stage, customers, tick, isBusy)
    for (const who of tick.signUps) customers[who] = await signUp(stage.tenantry, `customer-${who}`)
    // Some acts make an account due again, such as letting in who has not paid.
    await stage.finish(tick)
  }
  return customers
}

async function act(
  { tenantry, atOnce }: Stage,
  customers: readonly Customer[],
  { acts }: Tick,
  isNow: (one: Tick['acts'][number]) => boolean,
): Promise<void> {
  const waiting = acts.filter(isNow).values()
  const lane = async (): Promise<void> => {
    for (const { who, act } of waiting) {
      const customer = customers[who]
      if (customer !== undefined) await perform(tenantry, customer, act)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}
