/**
 * Calls the HTTP interface with the session cookie. Answers the body, or throws it as an `ApiError`.
 */
export async function call(method, path, { body, headers = {} } = {}) {
  const content = body === undefined ? {} : { body: JSON.stringify(body) }
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const response = await fetch(path, { method, headers: { Accept: 'application/json', ...type, ...headers }, ...content }).catch(() => null)
  if (response === null) throw new ApiError({ error: 'The server cannot be reached. Check your connection and try again.' })
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new ApiError({ error: 'Something went wrong. Try again.', ...answer }, response.status)
  return answer
}

/** A refusal: `message` for people, `issues` by field where the input was wrong. */
export class ApiError extends Error {
  constructor({ error, issues = [] }, status = 0) {
    super(error)
    this.status = status
    this.issues = issues
  }
}

/** A key for one attempt that is made once, however often it is sent. `randomUUID` would need https. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

for (const button of document.querySelectorAll('[data-sign-out]')) {
  button.addEventListener('click', async () => {
    button.disabled = true
    await call('POST', '/api/v1/auth/logout/').catch(() => null)
    location.assign('/login')
  })
}
