import { ApiError, call, newKey } from './api.js'
import { announce } from './forms.js'

const reloaded = sessionStorage.getItem('done')
sessionStorage.removeItem('done')
if (reloaded !== null) announce('done', reloaded)

for (const button of document.querySelectorAll('[data-spend]')) {
  button.addEventListener('click', async () => {
    button.disabled = true
    try {
      await spend(Number(button.dataset.spend))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      announce('error', error.message)
    } finally {
      button.disabled = false
    }
  })
}

/** The page is loaded anew, so that the balance, the charts and the entries all come from the server. */
async function spend(amount) {
  const headers = { 'Idempotency-Key': `"${newKey()}"` }
  const { data } = await call('POST', '/api/v1/credits/spend/', { body: { amount, operation: 'page.generate' }, headers })
  sessionStorage.setItem('done', `${amount} credits used, ${data.balance.toLocaleString('en')} left.`)
  location.reload()
}
