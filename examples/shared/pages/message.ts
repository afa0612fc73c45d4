import { html } from './html.js'
import { layout } from './layout.js'

/** A page that only says something. */
export const messagePage = (title: string, message: string): string =>
  layout({ title, isNarrow: true, main: html`<h1>${title}</h1><p>${message}</p><p><a href="/">Back to the start</a></p>` })
