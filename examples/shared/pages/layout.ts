import { type Html, html, toText } from './html.js'

/** What stands around every page. */
export interface Frame {
  readonly title: string
  readonly main: Html
  /** The file of the page's script, in `assets/`. */
  readonly script?: string
  /** Links of somebody who is signed in. */
  readonly navigation?: Html
  /** For pages that are little more than a form. */
  readonly isNarrow?: boolean
}

/** A whole page. */
export function layout({ title, main, script, navigation, isNarrow = false }: Frame): string {
  return toText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Siteworks</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
${script === undefined ? null : html`<script type="module" src="/assets/${script}"></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar">
<a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="24" height="24">Siteworks</a>
${navigation ?? null}
</header>
<main id="main" class="${isNarrow ? 'narrow' : 'wide'}" tabindex="-1">
${main}
</main>
</body>
</html>
`)
}

/** The links of somebody who is signed in. */
export const navigation = (isAdmin: boolean): Html => html`<nav aria-label="Pages">
${isAdmin ? html`<a href="/admin/transfers">Transfers</a>` : html`<a href="/sites">Sites</a> <a href="/plans">Plans</a> <a href="/billing">Billing</a>`}
<button type="button" class="plain" data-sign-out>Sign out</button>
</nav>`

/** A box in which a script announces what went wrong, or well. */
export const announcements = html`<div class="message" role="alert" data-error hidden></div>
<div class="message good" role="status" data-done hidden></div>
<noscript><p class="message">This part needs JavaScript.</p></noscript>`
