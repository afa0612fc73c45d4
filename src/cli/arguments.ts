import { parseArgs } from 'node:util'
import { usageFailure } from './failure.js'
import type { Reader } from './readers.js'

/** An option that is there or not. */
export interface FlagOption {
  readonly help: string
}

/** An option with a value. */
export interface ValueOption<T = unknown> extends Reader<T> {
  /** What the value is called in the usage, such as `ID`. */
  readonly value: string
  readonly help: string
  readonly required?: boolean
}

/** Options by name, without the dashes. */
export type Options = Readonly<Record<string, FlagOption | ValueOption>>

/** What the options of a command were given. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends ValueOption<infer T> ? Given<T, O[Name]> : boolean
}
type Given<T, Option> = Option extends { readonly required: true } ? T : T | undefined

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number]
type OptionToken = Extract<Token, { kind: 'option' }>

/** Does the option take a value? */
export const takesValue = (option: FlagOption | ValueOption): option is ValueOption => 'value' in option

/** Is `--help` or `-h` among the arguments? */
export const asksForHelp = (options: Options, args: readonly string[]): boolean =>
  tokenize(options, args).some((token) => token.kind === 'option' && token.name === 'help')

/**
 * Reads the arguments of a command, strictly: nothing unknown, nothing twice, nothing that only looks like a value. What was given for a
 * value is never repeated in a message, since it may hold a password.
 *
 * @throws Failure `usage`
 */
export function readArguments<O extends Options>(options: O, args: readonly string[]): Values<O> {
  const given = new Map<string, unknown>()
  for (const token of tokenize(options, args)) {
    if (token.kind === 'positional') throw usageFailure('The command takes options only: every value follows the name of its option.')
    if (token.kind === 'option') given.set(token.name, readToken(options, token, given.has(token.name)))
  }
  requireAll(options, given)
  const values = Object.entries(options).map(([name, option]) => [name, given.get(name) ?? (takesValue(option) ? undefined : false)])
  return Object.fromEntries(values) as Values<O>
}

/** `strict` stays off because its messages repeat what was typed. */
function tokenize(options: Options, args: readonly string[]): readonly Token[] {
  const types = Object.entries(options).map(([name, option]) => [name, { type: takesValue(option) ? 'string' : 'boolean' }])
  const declared = { ...Object.fromEntries(types), help: { type: 'boolean', short: 'h' } } as const
  return parseArgs({ args: [...args], options: declared, strict: false, allowPositionals: true, tokens: true }).tokens
}

function readToken(options: Options, token: OptionToken, isRepeated: boolean): unknown {
  const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
  if (option === undefined) throw usageFailure(`There is no option ${token.rawName} here.`)
  if (isRepeated) throw usageFailure(`--${token.name} is given more than once.`)
  return takesValue(option) ? readValue(option, token) : readFlag(token)
}

function readFlag(token: OptionToken): true {
  if (token.value !== undefined) throw usageFailure(`--${token.name} takes no value.`)
  return true
}

function readValue(option: ValueOption, { name, value, inlineValue }: OptionToken): unknown {
  const isNextOption = inlineValue === false && value.startsWith('-')
  if (value === undefined || isNextOption) throw usageFailure(`--${name} needs a value: --${name} ${option.value}`)
  const read = option.read(value)
  if (read === null) throw usageFailure(`--${name} must be ${option.expects}.`)
  return read
}

function requireAll(options: Options, given: ReadonlyMap<string, unknown>): void {
  const missing = Object.entries(options)
    .filter(([name, option]) => takesValue(option) && option.required === true && !given.has(name))
    .map(([name]) => `--${name}`)
  if (missing.length > 0) throw usageFailure(`${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`)
}
