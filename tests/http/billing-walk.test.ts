import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startServer } from '../../examples/fastify/server.js'
import { embedded } from './suite/databases.js'
import { fitsTheWindow, lowContrast, nameless, phone, quiet } from './suite/page-checks.js'
import { createWorld, password, type World } from './suite/world.js'

const chromiumPath = inject('chromiumPath')
const hostile = `<b onclick="window.isBroken=1">Ltd</b><script>window.isBroken=1</script>`

describe.skipIf(chromiumPath === null)('from choosing a plan to the receipt, in a browser', () => {
  let world: World
  let browser: Browser
  const contexts: BrowserContext[] = []
  const complaints: string[] = []

  beforeAll(async () => {
    world = await createWorld({ startServer, database: embedded })
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: quiet })
  })
  afterAll(async () => {
    await Promise.all(contexts.map((context) => context.close()))
    await browser.close()
    await world.end()
  })

  async function visitor(javaScriptEnabled: boolean, session?: string): Promise<Page> {
    const context = await browser.newContext({ viewport: phone, baseURL: world.server.url, javaScriptEnabled, reducedMotion: 'reduce' })
    contexts.push(context)
    if (session !== undefined) await context.addCookies([{ name: 'tenantry_session', value: session, url: world.server.url }])
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      if (!request.url().startsWith(world.server.url)) complaints.push(`asked for ${request.url()}`)
    })
    return page
  }

  async function signUp(page: Page): Promise<void> {
    await page.goto('/signup')
    await page.getByLabel('Name').fill('Ada Lovelace')
    await page.getByLabel('E-mail').fill('walker@example.com')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Start Free Trial' }).click()
    await page.waitForURL('**/sites')
  }

  /** Everything has a name, can be read, and fits a phone and a desktop, light and dark. */
  async function isSound(page: Page): Promise<void> {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      for (const viewport of [{ width: 1280, height: 800 }, phone]) {
        await page.setViewportSize(viewport)
        expect(await fitsTheWindow(page)).toBe(true)
        expect(await lowContrast(page)).toEqual([])
      }
    }
    expect(await nameless(page)).toEqual([])
    expect(await page.evaluate<unknown>('window.isBroken')).toBeUndefined()
  }

  const fact = (page: Page, term: string) => page.locator('dl > div', { hasText: term }).locator('dd').textContent()

  it.each([
    ['with scripts', true],
    ['without scripts', false],
  ])('a customer pays and an administrator decides, %s', async (_how, scripts) => {
    const customer = scripts ? await visitor(true) : await visitor(false, (await world.signUp()).session)
    if (scripts) await signUp(customer)
    await customer.goto('/billing')
    await customer.getByRole('link', { name: 'Choose a plan' }).click()
    await customer.getByRole('radio', { name: /Starter/ }).check()
    await customer.getByLabel('Months').fill('3')
    await isSound(customer)
    await customer.getByRole('button', { name: 'Show me how to pay' }).click()

    await customer.waitForURL('**/plans#pay')
    expect(await fact(customer, 'Amount')).toBe('89.97 USD')
    expect(await fact(customer, 'IBAN')).toBe('DE02 1203 0000 0000 2020 51')
    const reference = (await fact(customer, 'Reference')) ?? ''
    expect(reference).toMatch(/^RF\d\d [A-Z]{4} [A-Z]{4}$/)
    await isSound(customer)
    await customer.getByLabel('Name of the payer').fill(hostile)
    await customer.getByLabel('Payment id from your bank').fill(`WALK 1 ${scripts}`)
    await customer.getByLabel('Link to a proof').fill('http://insecure.example/slip')
    await customer.getByRole('button', { name: 'I have sent it' }).click()
    const alert = customer.getByRole('alert')
    await alert.filter({ hasText: 'One field needs another look.' }).waitFor()
    expect(await alert.evaluate((box) => box === box.ownerDocument.activeElement)).toBe(true)
    expect(await customer.getByLabel('Name of the payer').inputValue()).toBe(hostile)
    await isSound(customer)
    await customer.getByLabel('Link to a proof').fill('https://files.example/slip?"><script>window.isBroken=1</script>')
    await customer.getByRole('button', { name: 'I have sent it' }).click()
    await customer.getByRole('status').filter({ hasText: 'Thank you.' }).waitFor()
    expect(await customer.getByText('Being checked').isVisible()).toBe(true)

    const admin = await visitor(scripts, world.admin)
    await admin.goto('/admin/transfers')
    const transfer = admin.getByRole('listitem').filter({ hasText: reference })
    const proof = transfer.getByRole('link', { name: 'Proof on files.example' })
    expect(await proof.getAttribute('rel')).toBe('noopener noreferrer nofollow')
    await transfer.getByText('Reject', { exact: true }).first().click()
    await transfer.getByLabel('Reason', { exact: true }).fill('It is not on our statement')
    await isSound(admin)
    await transfer.getByRole('button', { name: 'Reject' }).click()
    await admin
      .getByRole('status')
      .filter({ hasText: /^Rejected by you/ })
      .waitFor()

    await customer.goto('/billing')
    await customer.getByText('Why: It is not on our statement').waitFor()
    await customer.getByText('Submit again').first().click()
    await customer.getByLabel('Payment id from your bank').fill(`WALK 2 ${scripts}`)
    await isSound(customer)
    await customer.getByRole('button', { name: 'Submit again' }).click()
    await customer.getByRole('status').filter({ hasText: 'Thank you.' }).waitFor()

    await admin.goto('/admin/transfers')
    await transfer.getByText('Confirm', { exact: true }).first().click()
    expect(await transfer.getByLabel('payment id').inputValue()).toBe(`WALK 2 ${scripts}`)
    expect(await transfer.getByLabel('Amount that came').inputValue()).toBe('89.97')
    await transfer.getByLabel('Amount that came').fill('80')
    await transfer.getByRole('button', { name: 'Confirm' }).click()
    await admin.getByRole('alert').filter({ hasText: '89.97 USD was asked for, but 80.00 USD was named.' }).waitFor()
    await isSound(admin)
    await transfer.getByLabel('Amount that came').fill('89.97')
    await transfer.getByRole('button', { name: 'Confirm' }).click()
    await admin
      .getByRole('status')
      .filter({ hasText: /^Confirmed by you/ })
      .waitFor()

    await customer.goto('/billing')
    expect([await fact(customer, 'Plan'), await fact(customer, 'Status'), await fact(customer, 'Credits left')]).toEqual([
      'Starter',
      'Active',
      '5,000',
    ])
    expect(await fact(customer, 'Paid until')).toMatch(/^\d+ \w+ \d{4}$/)
    expect(await fact(customer, 'Next credits')).toMatch(/^5,000 on /)
    expect(await customer.getByRole('img', { name: /^Credits from/ }).isVisible()).toBe(true)
    await customer.getByText('Cancel the subscription').click()
    await isSound(customer)
    await customer.getByRole('button', { name: 'Cancel at the end of the paid time' }).click()
    await customer.getByRole('button', { name: 'Do not cancel' }).click()
    await customer.getByRole('status').filter({ hasText: 'Your subscription goes on.' }).waitFor()
    await customer.getByRole('link', { name: /^R-\d{4}-\d{6}$/ }).click()
    await customer.getByRole('heading', { name: 'Receipt' }).waitFor()
    expect(await fact(customer, 'Paid by')).toBe(hostile)
    expect(complaints).toEqual([])
  })
})
