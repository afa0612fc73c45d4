import { markDry, markReal } from '../acts.js'
import { defineCommand } from '../command.js'
import { dryRunOption, progressOption } from '../options.js'
import { counted } from '../output.js'
import { progressOn } from '../progress.js'
import { wholeNumber } from '../readers.js'

/** `tenantry rollback` */
export const rollback = defineCommand({
  name: 'rollback',
  summary: 'Undo the newest migrations, and lose what their tables hold',
  explanation: 'A table that holds rows is dropped only with --force, and what it holds is lost. See what would be undone with --dry-run.',
  options: {
    steps: { ...wholeNumber, value: 'N', help: 'How many migrations to undo; 1 when left out.' },
    force: { help: 'Drop tables that hold rows too.' },
    ...dryRunOption,
    ...progressOption,
  },
  conflict: ({ steps }) => (steps === 0 ? '--steps must be at least 1.' : null),
  async run({ values, io, open }) {
    const progress = progressOn(io, values.progress)
    const onProgress = (name: string): void => progress.show(`undid ${name}`)
    const undone = await open(({ db, adapter }) =>
      adapter.rollback(db, { steps: values.steps, force: values.force, dryRun: values['dry-run'], onProgress }),
    ).finally(progress.end)
    const heading = values['dry-run'] ? 'To be undone:' : `Undid ${counted(undone.length, 'migration')}:`
    const text = undone.length === 0 ? 'There is no migration to undo.' : [heading, ...undone].join('\n  ')
    return (values['dry-run'] ? markDry : markReal)({ ok: true, data: { undone }, text })
  },
})
