import { type Html, html } from './html.js'

/** A labelled field of a form, with room for its own error. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'email' | 'password' | 'url' | 'number'
  readonly autocomplete?: string
  readonly hint?: string
  readonly required?: boolean
  /** Further attributes, such as a minimum. */
  readonly more?: Html
  /** The form it stands in, where a page has several. */
  readonly form?: string
  readonly value?: string
  /** What is wrong with it. */
  readonly error?: string | undefined
}

/** The field as markup. Scripts write its error into the element that describes it. */
export function field(wanted: Field): Html {
  const { name, label, type = 'text', autocomplete = 'off', hint, required = true, more, form, value, error } = wanted
  const id = form === undefined ? name : `${form}-${name}`
  return html`<div class="field">
<label for="${id}">${label}${required ? null : html` <span class="quiet">(optional)</span>`}</label>
<input id="${id}" name="${name}" type="${type}" autocomplete="${autocomplete}" aria-describedby="${id}-hint ${id}-error"${
    required ? html` required` : null
  }${value === undefined ? null : html` value="${value}"`}${error === undefined ? null : html` aria-invalid="true"`}${more ? html` ${more}` : null}>
<p class="hint" id="${id}-hint">${hint ?? ''}</p>
<p class="error" id="${id}-error">${error ?? ''}</p>
</div>`
}
