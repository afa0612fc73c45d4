import { formTokenName } from '../http/form-token.js'
import { type Field, field } from './field.js'
import { type Html, html } from './html.js'

/** Why a form was refused, and what was in it. */
export interface Problem {
  /** Which of the page's forms it was. */
  readonly form: string
  /** What is wrong as a whole; `null` when the fields say it all. */
  readonly message: string | null
  /** What is wrong, by field. */
  readonly issues: readonly { readonly path: string; readonly message: string }[]
  readonly values: Readonly<Record<string, string>>
}

/** A form that the browser sends by itself, without any script. */
export interface PlainForm {
  readonly id: string
  readonly action: string
  readonly token: string
  readonly button: string
  readonly isPlain?: boolean
  readonly content?: Html | null
  readonly problem?: Problem | null
}

/** The form as markup. What was wrong with it stands in it, and is said aloud when the page comes. */
export const plainForm = ({ id, action, token, button, isPlain = false, content = null, problem = null }: PlainForm): Html =>
  html`<form id="${id}" method="post" action="${action}">
<input type="hidden" name="${formTokenName}" value="${token}">
${problem !== null && problem.form === id ? problemBox(problem) : null}
${content}
<button type="submit"${isPlain ? html` class="plain"` : null}>${button}</button>
</form>`

/** What was refused, for the forms of a page to be filled again. */
export const problemBox = ({ message, issues }: Problem): Html =>
  html`<div class="message" role="alert" tabindex="-1" autofocus>${message ?? fieldsNeed(issues.length)}</div>`

const fieldsNeed = (count: number): string => (count === 1 ? 'One field needs another look.' : 'Some fields need another look.')

/** A field of such a form: with what was written into it, and what was wrong with that. */
export function formField(form: string, problem: Problem | null, wanted: Omit<Field, 'form' | 'error'>): Html {
  const isMeant = problem !== null && problem.form === form
  const issue = isMeant ? problem.issues.find(({ path }) => path === wanted.name) : undefined
  const value = isMeant ? (problem.values[wanted.name] ?? '') : wanted.value
  return field({ ...wanted, form, error: issue && sentence(issue.message), ...(value !== undefined && { value }) })
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
