import { asksForHelp, type Options, readArguments, type Values } from './arguments.js'
import { type Database, withDatabase } from './database.js'
import { usageFailure } from './failure.js'
import type { Io } from './io.js'
import { commonOptions } from './options.js'
import type { Report } from './output.js'
import { type Print, printTo } from './print.js'
import { targetOf } from './target.js'

type CommonOptions = typeof commonOptions

/** What a command works with. */
export interface Session<O extends Options> {
  readonly values: Values<O & CommonOptions>
  readonly io: Io
  /** Opens the database that was named, for as long as `work` takes. */
  readonly open: <Result>(work: (database: Database) => Promise<Result>) => Promise<Result>
  /** For commands that print themselves, since their answer is long or no report: on stdout. */
  readonly print: Print
}

/** What a command is. */
export interface CommandDefinition<O extends Options> {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What else there is to know. */
  readonly explanation: string
  /** Its own, besides those of every command. */
  readonly options: O
  /** Which options do not go together, in one sentence; `null` when all is well. */
  readonly conflict?: (values: Values<O & CommonOptions>) => string | null
  /** `null` when it has printed everything itself. */
  readonly run: (session: Session<O>) => Promise<Report | null>
}

/** A command, whatever its options. */
export interface Command extends Omit<CommandDefinition<Options>, 'run' | 'conflict'> {
  /** Was its `--help` asked for? */
  readonly asksForHelp: (args: readonly string[]) => boolean
  /** Reads the arguments and runs it. */
  readonly start: (args: readonly string[], io: Io) => Promise<Report | null>
}

/** Makes a command of its definition. */
export function defineCommand<const O extends Options>(definition: CommandDefinition<O>): Command {
  const options = { ...definition.options, ...commonOptions }
  return {
    ...definition,
    asksForHelp: (args) => asksForHelp(options, args),
    async start(args, io) {
      const values = readArguments(options, args) as Values<O & CommonOptions>
      const conflict = definition.conflict?.(values) ?? null
      if (conflict !== null) throw usageFailure(conflict)
      const target = targetOf(values as Values<CommonOptions>, io)
      return definition.run({ values, io, open: (work) => withDatabase(target, work), print: printTo(io.stdout) })
    },
  }
}
