import { act } from '../acts.js'
import { defineCommand } from '../command.js'
import { dryRunOption } from '../options.js'
import { planTable } from '../plan-table.js'

/** `tenantry create-free-trial-plan` */
export const createFreeTrialPlan = defineCommand({
  name: 'create-free-trial-plan',
  summary: 'Create the plan of the free trial, or bring it up to date',
  explanation: 'Sign-ups need it. Safe to run again.',
  options: dryRunOption,
  run: ({ values, open }) =>
    open((database) =>
      act(values, database, async (tenantry) => {
        const { plan } = await tenantry.createFreeTrialPlan()
        return { ok: true, data: { plan }, text: planTable([plan]) }
      }),
    ),
})
