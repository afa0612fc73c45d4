import { ApiError, call } from './api.js'
import { announce, isolated, onSubmit } from './forms.js'

const account = document.getElementById('account')
const found = document.querySelector('[data-account]')

const confirmed = JSON.parse(sessionStorage.getItem('confirmed'))
sessionStorage.removeItem('confirmed')
if (confirmed !== null) announce('done', 'Confirmed: ', isolated(confirmed.name), confirmed.outcome)

async function findAccount(text) {
  const name = text.includes('@') ? 'email' : 'id'
  const { data } = await call('GET', `/api/v1/admin/accounts/?${name}=${encodeURIComponent(text.trim())}`)
  return data.account
}

// Who it is can be seen before the money is theirs.
account.addEventListener('change', async () => {
  found.replaceChildren()
  if (account.value.trim() === '') return
  const { name, status, plan } = await findAccount(account.value).catch(() => ({}))
  if (name === undefined) found.replaceChildren('There is no such account.')
  else found.replaceChildren(isolated(name), ` (${status}, ${plan?.name ?? 'no plan'})`)
})

onSubmit(
  async ({ account: text, period_months: months, proof_url: proofUrl, ...transfer }) => {
    const { id, name } = await findAccount(text).catch(nameAccount)
    const proof = proofUrl === '' ? {} : { proof_url: proofUrl }
    const body = { ...transfer, ...proof, account_id: id, period_months: Number(months) }
    const { data } = await call('POST', '/api/v1/billing/confirm-bank-transfer/', { body })
    const until = new Date(data.period_end).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
    const outcome = ` is ${data.status} until ${until}, with ${data.credits.toLocaleString('en')} credits.`
    sessionStorage.setItem('confirmed', JSON.stringify({ name, outcome }))
    location.assign('/admin/transfers')
  },
  (path) => (path === 'account_id' ? 'account' : path),
)

/** A failed search for the account is an error of that field. */
function nameAccount(error) {
  if (!(error instanceof ApiError) || error.status !== 404) throw error
  throw new ApiError({ error: error.message, issues: [{ path: 'account_id', message: error.message }] }, error.status)
}
