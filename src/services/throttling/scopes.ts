import { z } from 'zod'

/** Is it the name of one scope? */
export const isScope = (name: unknown): name is string =>
  typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_.:-]{0,63}$/.test(name) && !name.includes(':anon')

const isScopes = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length >= 1 && value.length <= 8 && value.every(isScope) && new Set(value).size === value.length

/** The name of what is throttled, one of the host's own constants. */
export const scopeName = z.string().refine(isScope, 'must be a scope such as "api"')

/**
 * The names of what is throttled, one or several that are taken from together; the host's own constants. `:anon` sets anonymous callers
 * apart, see {@link throttleKey}.
 */
export const scopeNames = z
  .custom<string | readonly string[]>(
    (value) => isScope(value) || isScopes(value),
    'must be a scope such as "api", or a list of 1 to 8 different ones',
  )
  .transform((value): readonly string[] => (typeof value === 'string' ? [value] : [...value]))
