import type { Page } from 'playwright-core'

/** For a browser in a container that talks to nobody else. */
export const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--no-first-run',
]

/** The smallest window that the pages are looked at in. */
export const phone = { width: 360, height: 740 }

/** Nothing has to be scrolled sideways. */
export const fitsTheWindow = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth')

/** Controls and pictures that a screen reader could not name. */
export const nameless = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`
    [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary, img, svg:not(svg *, [aria-hidden]), nav, section')]
      .filter((element) => {
        const labelled = element.getAttribute('aria-labelledby')
        const texts = [
          element.getAttribute('aria-label'),
          labelled && document.getElementById(labelled)?.textContent,
          element.labels?.[0]?.textContent,
          element.matches('a, button, summary') && element.textContent,
          element.matches('img') && element.hasAttribute('alt') && (element.alt || 'decoration'),
          element.matches('section:not([aria-labelledby])') && 'no landmark',
        ]
        return !texts.some((text) => text && text.trim() !== '')
      })
      .map((element) => element.outerHTML.slice(0, 100))`)

/** Words of the charts that stand outside of their figures. */
export const outsideOfFigure = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`
    [...document.querySelectorAll('figure text, figure span, figure circle')]
      .filter((element) => {
        const [own, figure] = [element.getBoundingClientRect(), element.closest('figure').getBoundingClientRect()]
        return own.left < figure.left || own.right > figure.right || own.top < figure.top || own.bottom > figure.bottom
      })
      .map((element) => element.textContent)`)

/** Texts whose contrast with what is behind them is below WCAG 2.2 AA: 4.5, or 3 for large text. */
export const lowContrast = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`(() => {
    const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number)
    const light = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
      return 0.2126 * x + 0.7152 * y + 0.0722 * z
    }
    const ground = (element) => {
      for (let at = element; at !== null; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor)
        if (color[3] !== 0) return color
      }
      return [255, 255, 255]
    }
    const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '')
    return [...document.body.querySelectorAll('*')]
      .filter((element) => own(element) && element.checkVisibility() && !element.closest('noscript, title, desc'))
      .filter((element) => {
        const style = getComputedStyle(element)
        const [a, b] = [light(parse(element.matches('text') ? style.fill : style.color)), light(ground(element))].sort((x, y) => y - x)
        const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700)
        return (a + 0.05) / (b + 0.05) < (isLarge ? 3 : 4.5)
      })
      .map((element) => element.textContent.trim().slice(0, 60))
  })()`)
