import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { startServer } from '../../examples/fastify/server.js'
import { embedded } from './suite/databases.js'
import { fitsTheWindow, lowContrast, nameless, outsideOfFigure, phone, quiet } from './suite/page-checks.js'
import { administrator, createWorld, password, type World } from './suite/world.js'

const chromiumPath = inject('chromiumPath')

describe.skipIf(chromiumPath === null)('the pages in a browser', () => {
  let world: World
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    world = await createWorld({ startServer, database: embedded })
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: quiet })
  })
  afterAll(async () => {
    await browser.close()
    await world.end()
  })
  beforeEach(async () => {
    complaints = []
    context = await browser.newContext({ viewport: phone, baseURL: world.server.url })
    page = await context.newPage()
    page.setDefaultTimeout(15_000)
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (line) => {
      if (line.type() === 'error' || line.type() === 'warning') complaints.push(line.text())
    })
  })
  afterEach(() => context.close())

  it('lead from sign-up straight to the sites, signed in, and let credits be used', async () => {
    await page.goto('/signup')
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Start Your Free Trial')
    expect(await page.getByText('No credit card required. 2,000 AI credits').isVisible()).toBe(true)
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Mary Ann Evans')
    await page.getByRole('textbox', { name: 'E-mail' }).fill('mary@example.com')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Start Free Trial' }).click()

    await page.waitForURL('**/sites')
    expect(await fact('Credits left')).toBe('2,000')
    expect(await fact('Plan')).toBe('Free Trial')
    expect(await page.getByText('Mary Ann Evans · mary@example.com').isVisible()).toBe(true)

    await page.getByRole('button', { name: 'Use 10 credits' }).click()
    await page.getByRole('status').filter({ hasText: '10 credits used, 1,990 left.' }).waitFor()
    expect(await fact('Credits left')).toBe('1,990')
    const chart = page.getByRole('img', { name: /^Credits from \d+ \w+, \d\d:\d\d to / })
    expect(await chart.isVisible()).toBe(true)
    expect(await page.locator('#balance-description').textContent()).toMatch(/ends at 1,990 credits, after 2 changes/)
    expect(await page.getByRole('listitem').filter({ hasText: 'page.generate' }).textContent()).toMatch(/10\s+1 time/)
    expect(await page.getByRole('row', { name: /page\.generate .* −10 1,990/ }).isVisible()).toBe(true)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/login')
    await page.goto('/sites')
    expect(page.url()).toBe(`${world.server.url}/login`)
    expect(complaints).toEqual([])
  })

  it('show a receipt that can be printed, on a phone and on paper', async () => {
    const { session, accountId } = await world.signUp()
    await world.confirm({ account_id: accountId, proof_url: undefined })
    const [receipt] = (await world.server.app.tenantry.listReceipts({ accountId })).items
    await context.addCookies([{ name: 'tenantry_session', value: session, url: world.server.url }])
    await page.goto(`/billing/receipts/${receipt?.id}`)
    expect(await page.getByText(receipt?.number ?? '', { exact: true }).isVisible()).toBe(true)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width)
    await page.evaluate('window.print = () => { document.title = "printed" }')
    await page.getByRole('button', { name: 'Print' }).click()
    expect(await page.title()).toBe('printed')
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByRole('button').count()).toBe(0)
    expect(await page.getByRole('heading', { name: 'Receipt' }).isVisible()).toBe(true)
    expect(complaints).toEqual([])
  })

  it('show what is wrong with a sign-up at its field, and say it aloud', async () => {
    await world.signUp('taken@example.com')
    await page.goto('/signup')
    await page.getByRole('button', { name: 'Start Free Trial' }).click()
    await page.getByRole('alert').filter({ hasText: 'Some fields need another look.' }).waitFor()
    expect(await page.getByLabel('Name').evaluate((field) => field === field.ownerDocument.activeElement)).toBe(true)

    await page.getByLabel('Name').fill('Ada')
    await page.getByLabel('E-mail').fill('taken@example.com')
    await page.getByLabel('Password').fill('password')
    await page.getByRole('button', { name: 'Start Free Trial' }).click()
    await page.getByRole('alert').filter({ hasText: 'One field needs another look.' }).waitFor()
    const described = await page.getByRole('textbox', { name: 'Password' }).getAttribute('aria-describedby')
    expect(described).toContain('password-error')
    expect(await page.locator('#password-error').textContent()).not.toBe('')

    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Start Free Trial' }).click()
    await page.getByRole('alert').filter({ hasText: 'already registered' }).waitFor()
    expect(page.url()).toBe(`${world.server.url}/signup`)
  })

  it('let an administrator confirm a transfer, and show the customer the plan', async () => {
    const customer = await world.signUp('payer@example.com')
    await signIn(administrator.email, administrator.password)
    await page.waitForURL('**/admin/transfers')
    await page.getByLabel('Account').fill('nobody@example.com')
    await page.getByLabel('External payment id').fill('SEPA 2031-0042')
    await page.getByLabel('Amount').fill('29.99')
    await page.getByLabel('Payer').fill('Ada Lovelace')
    await page.getByLabel('Proof URL').fill('https://bank.example/transfers/42')
    await page.getByRole('status').filter({ hasText: 'There is no such account.' }).waitFor()
    complaints = [] // the browser counts the 404 of the search as one

    await page.getByLabel('Account').fill('PAYER@example.com')
    await page.getByLabel('Months').focus()
    await page.getByRole('status').filter({ hasText: 'Ada Lovelace (trial, Free Trial)' }).waitFor()
    expect(await page.locator('[data-account] bdi').textContent()).toBe('Ada Lovelace')
    await page.getByLabel('Plan').selectOption({ label: 'Starter (29.99 USD)' })
    await page.getByRole('button', { name: 'Confirm transfer' }).click()
    await page
      .getByRole('status')
      .filter({ hasText: /^Confirmed: Ada Lovelace is active until .*, with 5,000 credits\.$/ })
      .waitFor()
    expect(await page.locator('[data-done] bdi').textContent()).toBe('Ada Lovelace')
    const confirmed = page.getByRole('listitem').filter({ hasText: 'SEPA 2031-0042' })
    const proof = confirmed.getByRole('link', { name: 'Proof on bank.example' })
    expect(await proof.getAttribute('href')).toBe('https://bank.example/transfers/42')
    expect(await proof.getAttribute('rel')).toBe('noopener noreferrer nofollow')
    await fitsThePhone()

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/login')
    await signIn(customer.email, password)
    await page.waitForURL('**/sites')
    expect([await fact('Plan'), await fact('Status'), await fact('Credits left')]).toEqual(['Starter', 'Active', '5,000'])
    expect(complaints).toEqual([])
  })

  it('draw what was used, however much, however it is called, and run nothing of it', async () => {
    const customer = await world.signUp('busy@example.com')
    await spendALot(customer.accountId)
    await context.addCookies([{ name: 'tenantry_session', value: customer.session, url: world.server.url }])
    let dialogs = 0
    page.on('dialog', (dialog) => {
      dialogs += 1
      return dialog.dismiss()
    })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      for (const viewport of [phone, { width: 1280, height: 800 }]) {
        await page.setViewportSize(viewport)
        await page.goto('/sites')
        await page.getByText('Numbers by day').click()
        await fitsThePhone()
        expect(await lowContrast(page)).toEqual([])
        expect(await outsideOfFigure(page)).toEqual([])
      }
    }
    expect(await page.locator('.bars li').count()).toBe(8)
    expect(await page.locator('.bars li').first().textContent()).toContain(nasty)
    expect(await page.getByText('2 others').isVisible()).toBe(true)
    expect(await page.getByRole('row', { name: /^\d+ \w+ 1,0\d\d,\d{3} 100,000 given back [\d,]+$/ }).isVisible()).toBe(true)
    expect([dialogs, await page.evaluate<unknown>('window.isBroken')]).toEqual([0, undefined])
    expect(await nameless(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  const nasty = `<img src=x onerror="window.isBroken=1"><script>window.isBroken=1</script>`

  async function spendALot(accountId: string): Promise<void> {
    const { tenantry } = world.server.app
    const admin = { type: 'admin', id: 'tests' } as const
    await tenantry.grantCredits({ accountId, amount: 2_000_000, type: 'promotion', idempotencyKey: 'much' }, admin)
    const others = ['a.long.name.'.repeat(8), '東京'.repeat(20), '"></svg>', '\u202elive', 'e', 'f', 'g', 'h']
    for (const [index, operation] of [nasty, ...others].entries()) {
      const amount = index === 0 ? 1_000_000 : 10_000 - index
      const { entry } = await tenantry.spendCredits({ accountId, amount, operation, idempotencyKey: `spend ${index}` })
      if (index === 0) await tenantry.refundCredits({ entryId: entry.id, amount: 100_000, idempotencyKey: 'back', reason: 'blank' }, admin)
    }
    await tenantry.adjustCredits({ accountId, amount: -500_000, idempotencyKey: 'wrong', reason: 'counted twice' }, admin)
  }

  it.each(['/signup', '/login', '/pricing', '/sites', '/plans', '/billing', '/admin/transfers'])(
    'fit a phone and a desktop, light and dark, with a name for everything: %s',
    async (path) => {
      const session = path === '/admin/transfers' ? world.admin : (await world.signUp()).session
      await context.addCookies([{ name: 'tenantry_session', value: session, url: world.server.url }])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        for (const viewport of [phone, { width: 1280, height: 800 }]) {
          await page.setViewportSize(viewport)
          await page.goto(path)
          expect(new URL(page.url()).pathname).toBe(path)
          await fitsThePhone()
          expect(await lowContrast(page)).toEqual([])
        }
      }
      expect(await nameless(page)).toEqual([])
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
      expect(complaints).toEqual([])
    },
  )

  async function signIn(email: string, secret: string): Promise<void> {
    await page.goto('/login')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(secret)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  async function fact(term: string): Promise<string | null> {
    return page.locator('dl > div', { hasText: term }).locator('dd').textContent()
  }

  async function fitsThePhone(): Promise<void> {
    expect(await fitsTheWindow(page)).toBe(true)
  }
})
