import fc from 'fast-check'
import { createTenantry } from 'tenantry'
import { memoryStore } from 'tenantry/memory'
import { describe, expect, it } from 'vitest'
import {
  type Answer,
  answerTo,
  type BadCall,
  type BadKind,
  badCalls,
  draftOf,
  type FuzzedName,
  foreignWording,
  formsOf,
  fuzzedNames,
  kindsOf,
  mayRefuse,
  spoilt,
} from '../support/bad-calls.js'
import { badValues } from '../support/bad-values.js'
import { type Customer, makeWorld, operationCases, type World, withoutInput } from '../support/operation-cases.js'
import { wrongActors } from '../support/spoil.js'
import { watchedStore } from '../support/watched-store.js'

/** Bad calls of each operation; TENANTRY_FUZZ_RUNS makes more of them. */
const runs = Number(process.env['TENANTRY_FUZZ_RUNS'] ?? 420)
const seed = 20_260_101
const tenMegabytes = 'm'.repeat(10 * 2 ** 20)

interface Watched {
  readonly world: World
  /** How often something has been written for good. */
  readonly writes: () => number
}

async function makeWatchedWorld(): Promise<Watched> {
  const { store, writes } = watchedStore(memoryStore())
  return { world: await makeWorld(() => store), writes }
}

/** What no operation may let pass. But the gate judges the objects that it is given by what it needs to know of them. */
const alwaysWrong: readonly BadKind[] = [
  'no input',
  'an unknown key',
  'a key of Object.prototype',
  'minus zero',
  'not a number',
  'infinity',
  'a bigint',
  'a symbol',
  'a function',
  'deep nesting',
  'a getter that throws',
  'facts that JSON does not carry',
  'a bad actor',
]
const mayPass = (name: FuzzedName, kind: BadKind): boolean => name === 'validateAccountAndPlan' || !alwaysWrong.includes(kind)

const prototypes = [Object.prototype, Array.prototype, Function.prototype, Date.prototype]
const keysOfPrototypes = (): unknown => prototypes.map((prototype) => Reflect.ownKeys(prototype))
const wholePrototypes = keysOfPrototypes()

/** Every answer to a bad call has to be so. */
function expectProper(name: FuzzedName, { refusal, wording, milliseconds }: Answer): void {
  expect(refusal).toSatisfy((code: Answer['refusal']) => code === null || mayRefuse(name, code))
  expect(wording).not.toMatch(foreignWording)
  expect(wording.length).toBeLessThan(10_000)
  expect(milliseconds).toBeLessThan(5_000)
  expect(keysOfPrototypes()).toEqual(wholePrototypes)
}

/** What became of an operation's bad calls. Some are good after all, such as one without a field that may be left out. */
interface Tally {
  refused: number
  accepted: number
  readonly kinds: Set<BadKind>
}

async function makeBadCalls(name: FuzzedName): Promise<Tally> {
  const tally: Tally = { refused: 0, accepted: 0, kinds: new Set() }
  let watched = await makeWatchedWorld()
  const kinds = kindsOf(name, watched.world)
  const makeBadCall = async (call: BadCall): Promise<void> => {
    const { world, writes } = watched
    const before = writes()
    const answer = await answerTo(name, spoilt(name, call, world), world)
    expectProper(name, answer)
    tally.kinds.add(call.kind)
    tally[answer.refusal === null ? 'accepted' : 'refused'] += 1
    if (answer.refusal === null) expect(mayPass(name, call.kind)).toBe(true)
    if (answer.refusal !== null) expect(writes()).toBe(before)
    if (writes() !== before) watched = await makeWatchedWorld()
  }
  for (const kind of kinds) {
    await fc.assert(fc.asyncProperty(badCalls(kind), makeBadCall), { seed, numRuns: Math.ceil(runs / kinds.length) })
  }
  return tally
}

const tallies = new Map<FuzzedName, Promise<Tally>>()

/** Makes an operation's bad calls, once. */
function tallyOf(name: FuzzedName): Promise<Tally> {
  const tally = tallies.get(name) ?? makeBadCalls(name)
  tallies.set(name, tally)
  return tally
}

describe('the table of operations', () => {
  it('has every operation', () => {
    const operations = Object.keys(createTenantry({ store: memoryStore() })).filter((name) => name !== 'withStore')
    expect([...fuzzedNames, ...withoutInput].sort()).toEqual(operations.sort())
  })

  it.each(fuzzedNames)('has valid input for %s', async (name) => {
    for (let form = 0; form < formsOf(name); form += 1) {
      const { world } = await makeWatchedWorld()
      expect((await answerTo(name, draftOf(name, form, world), world)).refusal).toBeNull()
    }
  })

  it.each(fuzzedNames)('has every field of %s in some valid input', async (name) => {
    const { world } = await makeWatchedWorld()
    const inputs = Array.from({ length: formsOf(name) }, (_, form) => draftOf(name, form, world).input)
    const fields = new Set(inputs.flatMap((input) => Object.keys(input as object)))
    const known = Object.keys(operationCases[name].fields(world))
    if (name !== 'validateAccountAndPlan') expect([...fields].sort()).toEqual(known.sort())
  })

  it('knows a write when it sees one', async () => {
    const { world, writes } = await makeWatchedWorld()
    const before = writes()
    await answerTo('spendCredits', draftOf('spendCredits', 0, world), world)
    await answerTo('setPlanActive', draftOf('setPlanActive', 0, world), world)
    expect(writes()).toBe(before + 3)
  })
})

describe('bad input', () => {
  it.each(fuzzedNames)('is refused by %s, with nothing written', { timeout: 120_000 }, async (name) => {
    const { world } = await makeWatchedWorld()
    expect([...(await tallyOf(name)).kinds]).toEqual(kindsOf(name, world))
  })

  it('is bad ten thousand times and more, and hardly ever good after all', { timeout: 600_000 }, async () => {
    const all = await Promise.all(fuzzedNames.map(tallyOf))
    const refused = all.reduce((sum, tally) => sum + tally.refused, 0)
    const accepted = all.reduce((sum, tally) => sum + tally.accepted, 0)
    expect(refused).toBeGreaterThanOrEqual(10_000)
    expect(accepted / (refused + accepted)).toBeLessThan(0.2)
  })

  it.each(fuzzedNames)(
    'of ten megabytes, or with a hundred thousand fields, is refused by %s in no time',
    { timeout: 60_000 },
    async (name) => {
      const { world, writes } = await makeWatchedWorld()
      const before = writes()
      const { input, actor } = draftOf(name, 0, world)
      const long = Object.fromEntries(Object.keys(input as object).map((field) => [field, tenMegabytes]))
      const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`field${index}`, 1]))
      for (const huge of [long, wide]) {
        const answer = await answerTo(name, { input: huge, actor }, world)
        expectProper(name, answer)
        expect(answer.refusal).not.toBeNull()
      }
      expect(writes()).toBe(before)
    },
  )

  it.each(fuzzedNames.filter((name) => operationCases[name].actor !== undefined))('from anybody wrong is refused by %s', async (name) => {
    const { world, writes } = await makeWatchedWorld()
    const before = writes()
    for (const actor of wrongActors(world)) {
      const answer = await answerTo(name, { ...draftOf(name, 0, world), actor }, world)
      expectProper(name, answer)
      expect(answer.refusal).not.toBeNull()
    }
    expect(writes()).toBe(before)
  })

  it.each(['grantCredits', 'spendCredits', 'reserveCredits'] as const)('among facts is refused by %s', async (name) => {
    const { world, writes } = await makeWatchedWorld()
    const before = writes()
    for (const metadata of badValues.facts) {
      const draft = draftOf(name, 0, world)
      const answer = await answerTo(name, { ...draft, input: { ...(draft.input as object), metadata } }, world)
      expect(answer.refusal).toBe('invalid_input')
    }
    expect(writes()).toBe(before)
  })

  it('from a polluted Object.prototype fills in nothing that was left out', async () => {
    const { world } = await makeWatchedWorld()
    const customer = { email: world.own.email, password: 'correct horse battery' }
    Object.assign(Object.prototype, { promote: true, type: 'admin', id: 'staff-1' })
    try {
      expect((await answerTo('createAdmin', { input: customer, actor: { type: 'system', id: 'jobs' } }, world)).refusal).toBe('email_taken')
      expect((await answerTo('setPlanActive', { input: { slug: 'pro', isActive: false }, actor: {} }, world)).refusal).toBe('invalid_input')
    } finally {
      for (const name of ['promote', 'type', 'id']) Reflect.deleteProperty(Object.prototype, name)
    }
  })

  const foreignIds: [FuzzedName, keyof Customer][] = [
    ['cancelAccount', 'accountId'],
    ['createApiKey', 'accountId'],
    ['revokeApiKey', 'accountId'],
    ['revokeApiKey', 'apiKeyId'],
    ['rotateApiKey', 'accountId'],
    ['rotateApiKey', 'apiKeyId'],
    ['revokeSessions', 'userId'],
    ['changePlan', 'accountId'],
    ['previewPlanChange', 'accountId'],
    ['cancelSubscription', 'accountId'],
    ['resumeSubscription', 'accountId'],
    ['confirmBankTransfer', 'subscriptionId'],
    ['confirmBankTransfer', 'paymentId'],
  ]
  it.each(foreignIds)('of %s that is a foreign %s is answered like what does not exist', async (name, field) => {
    const { world } = await makeWatchedWorld()
    const ask = async (id: string): Promise<unknown> => {
      const draft = draftOf(name, 0, world)
      const { refusal, wording } = await answerTo(name, { ...draft, input: { ...(draft.input as object), [field]: id } }, world)
      return [refusal, wording.replaceAll(id, 'ID')]
    }
    const [refusal, wording] = (await ask(world.foreign[field])) as string[]
    expect([refusal, wording]).toEqual(await ask('nobody'))
    expect(refusal).not.toBeNull()
  })
})
