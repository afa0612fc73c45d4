import { field } from './field.js'
import { html } from './html.js'
import { announcements, layout } from './layout.js'

/** Sign-in. */
export const loginPage = (): string =>
  layout({
    title: 'Sign in',
    script: 'login.js',
    isNarrow: true,
    main: html`<h1>Sign in</h1>
<form class="card" method="post" data-form novalidate>
${announcements}
${field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username' })}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' })}
<button type="submit">Sign in</button>
</form>
<p class="aside">New here? <a href="/signup">Start your free trial</a></p>`,
  })
