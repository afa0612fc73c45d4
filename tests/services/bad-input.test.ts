import fc from 'fast-check'
import { createTenantry } from 'tenantry'
import { memoryStore } from 'tenantry/memory'
import { describe, expect, it } from 'vitest'
import {
  answerTo,
  type BadCall,
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
import { makeWorld, operationCases, type World, withoutInput } from '../support/operation-cases.js'
import { watchedStore } from '../support/watched-store.js'

/** Bad calls of each operation; TENANTRY_FUZZ_RUNS makes more of them. */
const runs = Number(process.env['TENANTRY_FUZZ_RUNS'] ?? 420)
const seed = 20_260_101

interface Watched {
  readonly world: World
  readonly writes: () => number
}

async function makeWatchedWorld(): Promise<Watched> {
  const { store, writes } = watchedStore(memoryStore())
  return { world: await makeWorld(() => store), writes }
}

/** What became of an operation's bad calls. */
interface Tally {
  refused: number
  accepted: number
  readonly kinds: Map<string, number>
}

const prototypes = [Object.prototype, Array.prototype, Function.prototype, Date.prototype]
const shape = (): unknown => prototypes.map((prototype) => Reflect.ownKeys(prototype))
const wholePrototypes = shape()

async function makeBadCalls(name: FuzzedName): Promise<Tally> {
  const tally: Tally = { refused: 0, accepted: 0, kinds: new Map() }
  let watched = await makeWatchedWorld()
  const kinds = kindsOf(name, watched.world)
  for (const kind of kinds) {
    const property = fc.asyncProperty(badCalls(kind), async (call) => {
      const { refusal, before, after } = await makeBadCall(name, call, watched)
      tally.kinds.set(kind, (tally.kinds.get(kind) ?? 0) + 1)
      tally[refusal === null ? 'accepted' : 'refused'] += 1
      if (refusal !== null) expect(after).toBe(before)
      if (after !== before) watched = await makeWatchedWorld()
    })
    await fc.assert(property, { seed, numRuns: Math.ceil(runs / kinds.length) })
  }
  return tally
}

async function makeBadCall(name: FuzzedName, call: BadCall, { world, writes }: Watched) {
  const before = writes()
  const { refusal, wording, milliseconds } = await answerTo(name, spoilt(name, call, world), world)
  expect(refusal).toSatisfy((code: typeof refusal) => code === null || mayRefuse(name, code))
  expect(wording).not.toMatch(foreignWording)
  expect(wording.length).toBeLessThan(20_000)
  expect(milliseconds).toBeLessThan(2_000)
  expect(shape()).toEqual(wholePrototypes)
  return { refusal, before, after: writes() }
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
    expect([...Object.keys(operationCases), ...withoutInput].sort()).toEqual(operations.sort())
  })

  it.each(fuzzedNames)('has valid input for %s', async (name) => {
    for (let form = 0; form < formsOf(name); form += 1) {
      const { world } = await makeWatchedWorld()
      expect((await answerTo(name, draftOf(name, form, world), world)).refusal).toBeNull()
    }
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
  it.each(fuzzedNames)('is refused by %s, with nothing written', { timeout: 60_000 }, async (name) => {
    const { kinds } = await tallyOf(name)
    const { world } = await makeWatchedWorld()
    expect([...kinds.keys()].sort()).toEqual(kindsOf(name, world).sort())
  })

  it('is bad at least ten thousand times, and hardly ever good after all', { timeout: 600_000 }, async () => {
    const all = await Promise.all(fuzzedNames.map(tallyOf))
    const refused = all.reduce((sum, tally) => sum + tally.refused, 0)
    const accepted = all.reduce((sum, tally) => sum + tally.accepted, 0)
    expect(refused).toBeGreaterThanOrEqual(10_000)
    expect(accepted / (refused + accepted)).toBeLessThan(0.2)
  })
})
