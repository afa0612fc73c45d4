import type { Receipt } from 'tenantry'
import { date, money, months } from './format.js'
import { type Html, html, isolated } from './html.js'
import { layout, navigation } from './layout.js'

/** A receipt on one page, to be read, printed, or saved as PDF by the browser. */
export const receiptPage = (receipt: Receipt): string =>
  layout({
    title: `Receipt ${receipt.number}`,
    script: 'receipt.js',
    navigation: navigation(false),
    main: html`<article class="receipt card" aria-labelledby="receipt">
<header>
<div><h1 id="receipt">Receipt</h1>
<p class="quiet">${receipt.number}</p></div>
${issuedBy(receipt)}
</header>
<dl class="pairs">
${pair('Date', date(receipt.createdAt))}
${pair('Paid by', isolated(receipt.payerName ?? receipt.accountName))}
${pair('Account', isolated(receipt.accountName))}
${pair('Method', methodWords[receipt.method])}
${receipt.reference === null ? null : pair('Payment', isolated(receipt.reference))}
</dl>
<table>
<thead><tr><th scope="col">What was paid for</th><th scope="col" class="number">Amount</th></tr></thead>
<tbody><tr><td>${receipt.plan.name}, ${months(receipt.periodMonths)}<br>
<span class="quiet">from ${date(receipt.periodStart)} until ${date(receipt.periodEnd)}</span></td>
<td class="number">${money(receipt.amount)}</td></tr></tbody>
<tfoot><tr><th scope="row">Paid</th><td class="number large">${money(receipt.amount)}</td></tr></tfoot>
</table>
</article>
<p class="aside screen-only"><button type="button" data-print hidden>Print</button></p>`,
  })

const issuedBy = ({ issuer }: Receipt): Html => html`<address>
<strong>${isolated(issuer.name)}</strong>
${[issuer.address, issuer.taxId === null ? null : `Tax id ${issuer.taxId}`, issuer.email].map((text) => text && html`<br>${isolated(text)}`)}
</address>`

const pair = (name: string, value: Html | string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`

const methodWords: Readonly<Record<Receipt['method'], string>> = { bank_transfer: 'Bank transfer', stripe: 'Card', paypal: 'PayPal' }
