import { markDry, markReal } from '../acts.js'
import { defineCommand } from '../command.js'
import { dryRunOption, progressOption } from '../options.js'
import { counted } from '../output.js'
import { progressOn } from '../progress.js'

/** `tenantry migrate` */
export const migrate = defineCommand({
  name: 'migrate',
  summary: 'Create the tables, or bring them up to this version',
  explanation: `Safe with any number of processes at once. Each migration is applied once, in a transaction of its own.
With --schema the schema must exist, and the role must be allowed to create tables in it.`,
  options: { ...dryRunOption, ...progressOption },
  async run({ values, io, open }) {
    const progress = progressOn(io, values.progress)
    const applied = await open(({ db, adapter }) =>
      adapter.migrate(db, { dryRun: values['dry-run'], onProgress: (name) => progress.show(`applied ${name}`) }),
    ).finally(progress.end)
    const heading = values['dry-run'] ? 'To be applied:' : `Applied ${counted(applied.length, 'migration')}:`
    const text = applied.length === 0 ? 'The tables are up to date.' : [heading, ...applied].join('\n  ')
    return (values['dry-run'] ? markDry : markReal)({ ok: true, data: { applied }, text })
  },
})
