import type { ThrottleStore } from '../../ports/throttle-store.js'
import type { ContractCase } from '../contract-case.js'
import { admissionCases } from './admission.js'
import { burstCases } from './bursts.js'
import { clockStepCases } from './clock-steps.js'
import { givingBackCases } from './giving-back.js'
import { historyCases } from './histories.js'
import { refillCases } from './refill.js'
import { severalCases } from './several.js'
import type { ThrottleCases } from './world.js'

const chapters: Readonly<Record<string, ThrottleCases>> = {
  admission: admissionCases,
  refill: refillCases,
  bursts: burstCases,
  'giving back': givingBackCases,
  'several budgets': severalCases,
  clocks: clockStepCases,
  histories: historyCases,
}

/**
 * Every promise of the port {@link ThrottleStore}, as cases for any test runner:
 *
 * ```ts
 * for (const { name, run } of throttleStoreContract(makeStore)) test(name, run)
 * ```
 *
 * `makeStore` is called once for each case and gives a store without budgets; on a shared server, let each have a prefix of its own. What
 * a store holds open is closed by whoever made it. Time is only what the cases say it is: nothing waits.
 */
export function throttleStoreContract(makeStore: () => Promise<ThrottleStore> | ThrottleStore): ContractCase[] {
  return Object.entries(chapters).flatMap(([chapter, cases]) =>
    Object.entries(cases).map(([sentence, check]) => ({
      name: `${chapter}: ${sentence}`,
      run: async () => check(await makeStore()),
    })),
  )
}
