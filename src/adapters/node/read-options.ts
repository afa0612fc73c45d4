import { TenantryError } from '../../errors.js'

/** What an option must be, and how that is said. */
export interface OptionRule {
  readonly accepts: (value: unknown) => boolean
  readonly message: string
}

/** An option that is a function. */
export const aFunction: OptionRule = { accepts: (value) => typeof value === 'function', message: 'must be a function' }

/** An option that is on or off. */
export const aBoolean: OptionRule = { accepts: (value) => typeof value === 'boolean', message: 'must be true or false' }

/** An option that is a name. */
export const aName: OptionRule = {
  accepts: (value) => typeof value === 'string' && value !== '',
  message: 'must be a text of at least 1 character',
}

/** The same option, which may be left out. */
export const optional = ({ accepts, message }: OptionRule): OptionRule => ({
  accepts: (value) => value === undefined || accepts(value),
  message,
})

/** Whoever passes a client in the place of options gets no answer of a hundred lines. */
const maxIssues = 20

/**
 * Reads options, each once. Refuses those of a wrong kind, and those that nobody knows: a name that is misspelt would leave its option out in
 * silence.
 *
 * @throws TenantryError `invalid_input`, also for what cannot be read
 */
export function readOptions<Options extends object>(
  options: Options,
  rules: { readonly [Name in keyof Required<Options>]: OptionRule },
): Options {
  const { found, names } = fieldsOf(options, Object.keys(rules))
  const wrong = Object.entries<OptionRule>(rules)
    .filter(([name, rule]) => !isAccepted(rule, found[name]))
    .map(([path, { message }]) => ({ path, message }))
  const unknown = names.filter((name) => !Object.hasOwn(rules, name)).map((path) => ({ path, message: 'unknown field' }))
  const issues = [...wrong, ...unknown].slice(0, maxIssues)
  if (issues.length > 0) throw new TenantryError('invalid_input', { issues })
  return found as Options
}

function isAccepted({ accepts }: OptionRule, value: unknown): boolean {
  try {
    return accepts(value)
  } catch {
    return false
  }
}

/** What the known options are, and how all of them are called. Getters and proxies may throw: that is bad input too. */
function fieldsOf(options: object, known: readonly string[]): { found: Record<string, unknown>; names: string[] } {
  try {
    if (Object.prototype.toString.call(options) === '[object Object]') {
      return { found: Object.fromEntries(known.map((name) => [name, Reflect.get(options, name)])), names: Object.keys(options) }
    }
  } catch {}
  throw new TenantryError('invalid_input', { issues: [{ path: '', message: 'must be an object' }] })
}
