import { defineCommand } from '../command.js'
import { table } from '../output.js'

/** `tenantry status` */
export const status = defineCommand({
  name: 'status',
  summary: 'Show which migrations are applied and which are pending',
  explanation: 'Changes nothing. Exit code 1 when migrations are pending.',
  options: {},
  async run({ open }) {
    const { applied, pending } = await open(({ db, adapter }) => adapter.migrationStatus(db))
    const rows = [...applied.map((name) => [name, 'applied']), ...pending.map((name) => [name, 'pending'])]
    const hint = pending.length === 0 ? 'The tables are up to date.' : 'Apply what is pending with: tenantry migrate'
    return { ok: pending.length === 0, data: { applied, pending }, text: `${table(['migration', 'state'], rows)}\n\n${hint}` }
  },
})
