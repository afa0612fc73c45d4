import { call } from './api.js'
import { onSubmit } from './forms.js'

const fields = { first_name: 'name', last_name: 'name', password_confirm: 'password' }

onSubmit(
  async ({ name, email, password }) => {
    const [first = '', ...rest] = name.trim().split(/\s+/)
    const body = { email, password, password_confirm: password, first_name: first, last_name: rest.join(' ') }
    await call('POST', '/api/v1/auth/register/', { body })
    location.assign('/sites')
  },
  (path) => fields[path] ?? path,
)
