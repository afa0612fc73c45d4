import { ApiError, call } from './api.js'
import { announce, onSubmit } from './forms.js'

const account = document.getElementById('account')
const found = document.querySelector('[data-account]')

const reloaded = sessionStorage.getItem('done')
sessionStorage.removeItem('done')
if (reloaded !== null) announce('done', reloaded)

async function findAccount(text) {
  const name = text.includes('@') ? 'email' : 'id'
  const { data } = await call('GET', `/api/v1/admin/accounts/?${name}=${encodeURIComponent(text.trim())}`)
  return data.account
}

// Who it is can be seen before the money is theirs.
account.addEventListener('change', async () => {
  found.textContent = ''
  if (account.value.trim() === '') return
  const { name, status, plan } = await findAccount(account.value).catch(() => ({}))
  found.textContent = name === undefined ? 'There is no such account.' : `${name} (${status}, ${plan?.name ?? 'no plan'})`
})

onSubmit(
  async ({ account: text, period_months: months, proof_url: proofUrl, ...transfer }) => {
    const { id, name } = await findAccount(text).catch(nameAccount)
    const proof = proofUrl === '' ? {} : { proof_url: proofUrl }
    const body = { ...transfer, ...proof, account_id: id, period_months: Number(months) }
    const { data } = await call('POST', '/api/v1/billing/confirm-bank-transfer/', { body })
    const until = new Date(data.period_end).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
    sessionStorage.setItem(
      'done',
      `Confirmed: ${name} is ${data.status} until ${until}, with ${data.credits.toLocaleString('en')} credits.`,
    )
    location.assign('/admin/transfers')
  },
  (path) => (path === 'account_id' ? 'account' : path),
)

/** A failed search for the account is an error of that field. */
function nameAccount(error) {
  if (!(error instanceof ApiError) || error.status !== 404) throw error
  throw new ApiError({ error: error.message, issues: [{ path: 'account_id', message: error.message }] }, error.status)
}
