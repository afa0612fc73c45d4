import { field } from './field.js'
import { html } from './html.js'
import { announcements, layout } from './layout.js'

/** Sign-up: three fields, and nothing about plans. */
export const signupPage = (): string =>
  layout({
    title: 'Start Your Free Trial',
    script: 'signup.js',
    isNarrow: true,
    main: html`<h1>Start Your Free Trial</h1>
<p class="lead">No credit card required. 2,000 AI credits</p>
<form class="card" method="post" data-form novalidate>
${announcements}
${field({ name: 'name', label: 'Name', autocomplete: 'name', more: html`maxlength="200"` })}
${field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'email', more: html`maxlength="320"` })}
${field({
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'new-password',
  hint: 'At least 8 characters.',
  more: html`minlength="8"`,
})}
<button type="submit">Start Free Trial</button>
</form>
<p class="aside">Already signed up? <a href="/login">Sign in</a></p>`,
  })
