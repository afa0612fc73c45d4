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
 * Refuses options of a wrong kind, and those that nobody knows: a name that is misspelt would leave its option out in silence.
 *
 * @throws TenantryError `invalid_input`
 */
export function requireOptions<Options extends object>(
  options: Options,
  rules: { readonly [Name in keyof Required<Options>]: OptionRule },
): void {
  if (typeof options !== 'object' || options === null) {
    throw new TenantryError('invalid_input', { issues: [{ path: '', message: 'must be an object' }] })
  }
  const wrong = Object.entries<OptionRule>(rules)
    .filter(([name, { accepts }]) => !accepts(Reflect.get(options, name)))
    .map(([path, { message }]) => ({ path, message }))
  const unknown = Object.keys(options)
    .filter((name) => !Object.hasOwn(rules, name))
    .map((path) => ({ path, message: 'unknown field' }))
  const issues = [...wrong, ...unknown].slice(0, maxIssues)
  if (issues.length > 0) throw new TenantryError('invalid_input', { issues })
}
