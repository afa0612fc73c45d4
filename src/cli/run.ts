import { createRequire } from 'node:module'
import type { Command } from './command.js'
import { commands } from './commands/index.js'
import { explain, type Problem } from './explain.js'
import { usageFailure } from './failure.js'
import { commandHelp, generalHelp, shortHelp } from './help.js'
import type { Io } from './io.js'

/**
 * Runs the command line. Writes to `io` only, and ends nothing: it answers the exit code.
 *
 * @param argv What follows `tenantry`
 * @returns 0 fine, 1 refused or found something, 2 a mistake in the command
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const [name = '', ...args] = argv
  const information = informationFor(name, args)
  if (information !== null) return inform(io, information)
  const isForMachines = argv.includes('--json')
  const command = commandNamed(name)
  const printed = { anything: false }
  try {
    if (command === undefined) throw usageFailure(name === '' ? 'Name a command.' : 'There is no such command.')
    const report = await command.start(args, noting(io, printed))
    if (report === null) return 0
    io.stdout.write(isForMachines ? toJson(report.data) : `${report.text}\n`)
    return report.ok ? 0 : 1
  } catch (error) {
    const problem = explain(error, io.env, argv)
    if (printed.anything) io.stderr.write('What was printed is not complete.\n')
    // A second document would follow the half of a first one.
    else if (isForMachines) io.stdout.write(toJson({ error: problem.error }))
    complain(io, problem, command, isForMachines && !printed.anything)
    return problem.exitCode
  }
}

/** The same, and notes whether anything was printed. */
const noting = ({ stdout, stderr, stdin, env }: Io, printed: { anything: boolean }): Io => ({
  stdout: {
    write(text, done) {
      printed.anything = true
      return stdout.write(text, done)
    },
    isTTY: stdout.isTTY === true,
  },
  stderr,
  stdin,
  env,
})

const commandNamed = (name: string | undefined): Command | undefined => commands.find((command) => command.name === name)

/** Help and version, for which no database is needed. */
function informationFor(name: string, args: readonly string[]): string | null {
  if (name === '--version' || name === '-v') return `${version()}\n`
  const asksForHelp = name === 'help' || name === '--help' || name === '-h'
  if (asksForHelp && args.length === 0) return generalHelp(commands)
  const command = commandNamed(asksForHelp ? args[0] : name)
  return command !== undefined && (asksForHelp || command.asksForHelp(args)) ? commandHelp(command) : null
}

function inform(io: Io, text: string): number {
  io.stdout.write(text)
  return 0
}

/** For people, and for those who read the log of a machine that was called the wrong way. */
function complain({ stderr }: Io, problem: Problem, command: Command | undefined, isForMachines: boolean): void {
  if (isForMachines && problem.exitCode !== 2) return
  // The sentence comes last, where people look, and what is above it does not push it away.
  if (problem.error.code === 'usage') stderr.write(`${shortHelp(command)}\n`)
  stderr.write(`${problem.text}\n`)
}

const toJson = (data: object): string => `${JSON.stringify(data, null, 2)}\n`

/** From the package itself, built or not. */
const version = (): string => (createRequire(import.meta.url)('tenantry/package.json') as { version: string }).version
