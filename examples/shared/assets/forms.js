import { ApiError } from './api.js'

const form = document.querySelector('[data-form]')

/** Shows a text in the box for errors or for good news. Both are live regions, so that screen readers speak it. */
export function announce(kind, text) {
  for (const box of document.querySelectorAll('[data-error], [data-done]')) {
    const isMeant = box.matches(`[data-${kind}]`)
    box.textContent = isMeant ? text : ''
    box.hidden = !isMeant
  }
}

/**
 * Sends the page's form with `send`, which is given the fields by name. While it runs the form cannot be sent again. Errors are shown at
 * their fields, the first of which gets the focus; `fieldOf` says to which field an issue belongs where the names differ.
 */
export function onSubmit(send, fieldOf = (path) => path) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    showErrors([])
    const missing = invalidFields()
    if (missing.length > 0) return showErrors(missing)
    const button = form.querySelector('[type=submit]')
    button.disabled = true
    try {
      await send(Object.fromEntries(new FormData(form)))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      showErrors(
        error.issues.map(({ path, message }) => ({ name: fieldOf(path), message })),
        error.message,
      )
    } finally {
      button.disabled = false
    }
  })
}

/** What the browser itself finds wrong. */
const invalidFields = () =>
  [...form.elements]
    .filter((field) => field.name && !field.validity.valid)
    .map((field) => ({ name: field.name, message: field.validationMessage }))

function showErrors(errors, otherwise = '') {
  for (const field of form.elements) {
    const error = errors.find(({ name }) => name === field.name)
    const place = document.getElementById(`${field.name}-error`)
    if (place === null) continue
    place.textContent = error ? sentence(error.message) : ''
    if (error) field.setAttribute('aria-invalid', 'true')
    else field.removeAttribute('aria-invalid')
  }
  const first = form.querySelector('[aria-invalid]')
  first?.focus()
  if (first) announce('error', errors.length === 1 ? 'One field needs another look.' : 'Some fields need another look.')
  else announce('error', otherwise)
  form.querySelector('[data-error]').hidden = !first && otherwise === ''
}

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
