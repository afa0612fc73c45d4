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
}

/** The field as markup. Scripts write its error into the element that describes it. */
export function field({ name, label, type = 'text', autocomplete = 'off', hint, required = true, more }: Field): Html {
  return html`<div class="field">
<label for="${name}">${label}${required ? null : html` <span class="quiet">(optional)</span>`}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" aria-describedby="${name}-hint ${name}-error"${
    required ? html` required` : null
  }${more ? html` ${more}` : null}>
<p class="hint" id="${name}-hint">${hint ?? ''}</p>
<p class="error" id="${name}-error"></p>
</div>`
}
