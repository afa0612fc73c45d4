import { type Options, takesValue } from './arguments.js'
import type { Command } from './command.js'
import { commonOptions } from './options.js'

/** How a command is used, what it does and what its options mean. */
export function commandHelp(command: Command): string {
  const { name, summary, explanation, options } = command
  return [usageLine(name, options), '', `${summary}.`, explanation, '', optionList({ ...options, ...commonOptions }), ''].join('\n')
}

/** Two lines for who made a mistake: what to type, and where all is explained. */
export function shortHelp(command: Command | undefined): string {
  if (command === undefined) return `${generalUsage}\nSee tenantry --help\n`
  return `${usageLine(command.name, command.options)}\nSee tenantry ${command.name} --help\n`
}

const generalUsage = 'Usage: tenantry <command> [options]'

/** What there is. */
export function generalHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return `${generalUsage}

Tenancy and billing on Postgres: the tables, plans, administrators, accounts and books of tenantry.

Commands:
${commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

Each command explains itself: tenantry <command> --help. tenantry --version prints the version.
The database is named by DATABASE_URL or --url.

Exit codes: 0 fine, 1 refused or found something, 2 a mistake in the command.
`
}

function usageLine(name: string, options: Options): string {
  const required = Object.entries(options).flatMap(([option, definition]) =>
    takesValue(definition) && definition.required ? [`--${option} ${definition.value}`] : [],
  )
  return `Usage: tenantry ${[name, ...required, '[options]'].join(' ')}`
}

function optionList(options: Options): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const isRequired = takesValue(option) && option.required
    return {
      spelling: takesValue(option) ? `--${name} ${option.value}` : `--${name}`,
      help: isRequired ? `${option.help} Required.` : option.help,
    }
  })
  const width = Math.max(...rows.map(({ spelling }) => spelling.length))
  return rows.map(({ spelling, help }) => `  ${spelling.padEnd(width)}  ${help}`).join('\n')
}
