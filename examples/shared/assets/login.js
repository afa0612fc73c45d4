import { call } from './api.js'
import { onSubmit } from './forms.js'

onSubmit(async ({ email, password }) => {
  await call('POST', '/api/v1/auth/login/', { body: { email, password } })
  location.assign('/sites')
})
