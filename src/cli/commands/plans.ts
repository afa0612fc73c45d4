import { readFile } from 'node:fs/promises'
import type { Catalogue, Tenantry } from '../../index.js'
import { act, actorOf } from '../acts.js'
import { defineCommand } from '../command.js'
import { usageFailure } from '../failure.js'
import { actOptions } from '../options.js'
import type { Report } from '../output.js'
import { allPlans, planTable } from '../plan-table.js'
import { text } from '../readers.js'

/** `tenantry plans` */
export const plans = defineCommand({
  name: 'plans',
  summary: 'List the plans, write them from a file, or take one off sale',
  explanation: `Without an option it lists all plans, newest first.
The file of --sync holds a JSON object of plans by slug, as definePlans() takes it, for example:
  { "starter": { "name": "Starter", "prices": [{ "amountMinor": 2999, "currency": "USD" }], "billingCycle": "monthly",
    "includedCredits": 5000, "limits": { "maxSites": 10, "maxUsers": null } } }
Plans that are not in the file stay as they are.`,
  options: {
    sync: { ...text, value: 'FILE', help: 'Insert or update the plans of this JSON file, by slug.' },
    activate: { ...text, value: 'SLUG', help: 'Put a plan on sale.' },
    deactivate: { ...text, value: 'SLUG', help: 'Take a plan off sale. The gate refuses accounts on it from the next call on.' },
    ...actOptions,
  },
  conflict({ sync, activate, deactivate, 'dry-run': dryRun, actor }) {
    const changes = [sync, activate, deactivate].filter((value) => value !== undefined).length
    if (changes > 1) return 'Pass one of --sync, --activate and --deactivate.'
    if (dryRun && changes === 0) return '--dry-run needs --sync, --activate or --deactivate: a list changes nothing.'
    const isAct = activate !== undefined || deactivate !== undefined
    return actor !== undefined && !isAct ? '--actor belongs to --activate and --deactivate.' : null
  },
  async run({ values, open }) {
    const { sync, activate, deactivate } = values
    if (sync !== undefined) {
      const catalogue = await readCatalogue(sync)
      return open((database) => act(values, database, async (tenantry) => listed((await tenantry.syncPlans(catalogue)).plans)))
    }
    const slug = activate ?? deactivate
    if (slug === undefined) return open(async ({ tenantry }) => listed(await allPlans(tenantry)))
    const setActive = async (tenantry: Tenantry): Promise<Report> => {
      const { plan } = await tenantry.setPlanActive({ slug, isActive: activate !== undefined }, actorOf(values))
      return listed([plan])
    }
    return open((database) => act(values, database, setActive))
  },
})

function listed(found: Parameters<typeof planTable>[0]): Report {
  const hint = 'There are no plans. Create that of the trial with: tenantry create-free-trial-plan'
  return { ok: true, data: { plans: found }, text: found.length === 0 ? hint : planTable(found) }
}

/** What the file says is for tenantry to judge. */
async function readCatalogue(path: string): Promise<Catalogue> {
  const content = await readFile(path, 'utf8').catch(() => {
    throw usageFailure('The file of --sync cannot be read.')
  })
  try {
    return JSON.parse(content)
  } catch {
    throw usageFailure('The file of --sync is not JSON.')
  }
}
