import { httpStatus, isTenantryError, type TenantryError } from 'tenantry'
import type { FormFields } from '../http/body.js'
import { snakeCase } from '../http/names.js'
import type { Problem } from '../pages/plain-form.js'

/** A refusal of a form, with the status to answer and the code to look into. */
export interface FormRefusal extends Problem {
  readonly status: number
  readonly error: TenantryError
}

/**
 * Does what a form asks for. Answers `null` when it was done, and else what to show with the form; what is not the sender's fault is thrown
 * on. `fields` are those in which an error can be shown; `fieldOf` says to which of them an issue belongs where the names differ.
 */
export async function refusalOf(
  { form, fields, values }: { form: string; fields: readonly string[]; values: FormFields },
  act: () => Promise<unknown>,
  fieldOf: (path: string) => string = (path) => path,
): Promise<FormRefusal | null> {
  try {
    await act()
    return null
  } catch (error) {
    if (!isTenantryError(error) || httpStatus(error.code) >= 500) throw error
    const found = isTenantryError(error, 'invalid_input') ? error.details.issues : []
    const issues = found.map(({ path, message }) => ({ path: fieldOf(snakeCase(path)), message }))
    const isByField = issues.length > 0 && issues.every(({ path }) => fields.includes(path))
    return { form, values, issues, message: isByField ? null : error.message, error, status: httpStatus(error.code) }
  }
}

/** A whole number as somebody wrote it; what is none is passed on as it is, to be refused by its own name. */
export const numberIn = (text: string | undefined): number | undefined =>
  text === undefined || !/^\d{1,9}$/.test(text) ? (text as number | undefined) : Number(text)
