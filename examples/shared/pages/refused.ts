import { html } from './html.js'
import { layout, navigation } from './layout.js'

/** For somebody who is signed in and whose account may not act, or who may not see the page. */
export const refusedPage = (message: string, isPayment: boolean): string =>
  layout({
    title: isPayment ? 'Payment needed' : 'Not available',
    script: 'sites.js',
    navigation: navigation(false),
    isNarrow: true,
    main: html`<h1>${isPayment ? 'Payment needed' : 'Not available'}</h1>
<p>${message}</p>
${isPayment ? html`<p><a class="button" href="/plans">See the plans</a></p>` : null}`,
  })
