/**
 * Can a stranger tell by the time an answer takes why a sign-in was refused?
 *
 * `npx tsx bench/sign-in-timing.ts [pairs] [cost]` (200 pairs of each kind, bcrypt of cost 10) signs in wrongly, one after the other, in pairs:
 * a wrong password, and another reason, which of them first is drawn. Everything is in memory, so that nothing hides a difference. Shown are the
 * median of the paired differences and its 95 % confidence interval by the bootstrap; within 2 ms and 3 % of the median time it counts as alike, wholly outside as
 * different.
 */

import { memoryStore } from '../src/adapters/memory/index.js'
import { bcryptHasher, createTenantry } from '../src/index.js'
import { median, printTable, quantile } from './support/figures.js'

const [pairs = 200, cost = 10] = process.argv.slice(2).map(Number)
const warmUp = Math.ceil(pairs / 20)
const resamples = 2000
const password = 'correct horse battery'
const wrong = { email: 'wrong@example.com', password: 'wrong horse battery' }

const shared = { store: memoryStore(), passwords: bcryptHasher({ cost, workers: 1 }) }
const plenty = [{ limit: 1_000_000, windowSeconds: 60 }]
const roomy = createTenantry({ ...shared, signIn: { perClient: plenty, perPersonAndClient: plenty, perPerson: plenty } })
const once = [{ limit: 1, windowSeconds: 31_622_400 }]
const strict = createTenantry({ ...shared, signIn: { perClient: plenty, perPersonAndClient: plenty, perPerson: once } })

interface Credentials {
  readonly email: string
  readonly password: string
}

const fail = (tenantry: typeof roomy, credentials: Credentials) => (): Promise<unknown> =>
  tenantry.login({ ...credentials, ip: '203.0.113.7' }).catch(() => undefined)

const reasons: Readonly<Record<string, () => Promise<unknown>>> = {
  'unknown person': fail(roomy, { email: 'nobody@example.com', password }),
  'no e-mail address': fail(roomy, { email: 'nobody', password }),
  'suspended, right password': fail(roomy, { email: 'suspended@example.com', password }),
  'locked, right password': fail(strict, { email: 'locked@example.com', password }),
  'locked, wrong password': fail(strict, { ...wrong, email: 'locked@example.com' }),
}

async function prepare(): Promise<void> {
  await roomy.createFreeTrialPlan()
  for (const name of ['wrong', 'locked', 'suspended']) {
    const { account } = await roomy.registerTrial({ email: `${name}@example.com`, password })
    if (name === 'suspended') await roomy.suspendAccount({ accountId: account.id, reason: 'abuse' }, { type: 'admin', id: 'bench' })
  }
  await fail(strict, { ...wrong, email: 'locked@example.com' })()
}

interface Pair {
  readonly referenceMs: number
  readonly differenceMs: number
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

async function measurePair(reference: () => Promise<unknown>, other: () => Promise<unknown>): Promise<Pair> {
  const isFirst = Math.random() < 0.5
  const before = isFirst ? await timed(other) : null
  const referenceMs = await timed(reference)
  return { referenceMs, differenceMs: (before ?? (await timed(other))) - referenceMs }
}

function describe(reason: string, measured: readonly Pair[]): string[] {
  const differences = measured.map(({ differenceMs }) => differenceMs)
  const draw = (): number => differences[Math.floor(Math.random() * differences.length)] ?? Number.NaN
  const medians = Array.from({ length: resamples }, () => median(differences.map(draw)))
  const [low, high] = [quantile(medians, 0.025), quantile(medians, 0.975)]
  const reference = median(measured.map(({ referenceMs }) => referenceMs))
  const verdict = compare(low, high, Math.min(2, reference * 0.03))
  const ms = (value: number): string => value.toFixed(3)
  return [reason, reference.toFixed(1), ms(median(differences)), `[${ms(low)}..${ms(high)}]`, verdict]
}

function compare(low: number, high: number, tolerated: number): string {
  if (Math.max(-low, high) <= tolerated) return 'alike'
  return low > tolerated || high < -tolerated ? 'DIFFERENT' : 'undecided: more pairs, or a quieter machine'
}

await prepare()
const reference = fail(roomy, wrong)
const measured = Object.keys(reasons).map((): Pair[] => [])
for (let round = 0; round < warmUp + pairs; round += 1) {
  for (const [index, other] of Object.values(reasons).entries()) {
    const pair = await measurePair(reference, other)
    if (round >= warmUp) measured[index]?.push(pair)
  }
}
console.log(`${pairs} pairs of each, bcrypt of cost ${cost}; milliseconds, the difference to a wrong password`)
const rows = Object.keys(reasons).map((reason, index) => describe(reason, measured[index] ?? []))
printTable([['refused because', 'wrong password', 'difference', '95 %', ''], ...rows])
