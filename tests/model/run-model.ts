import fc from 'fast-check'
import { commandLists, type ModelState, same } from './commands.js'
import { createTally, type Tally } from './events.js'
import { ask, type Library, linesOf, openSession, type Session } from './library.js'
import { expectedAnswer, newReference } from './reference.js'

/** How much is run, and from which seed. */
export interface ModelRun {
  readonly runs: number
  /** The most commands of one run; fast-check chooses how many there are. */
  readonly commands: number
  readonly seed: number
}

/** What was run. */
export interface ModelReport {
  readonly operations: number
  readonly tally: Tally
}

const starts = ['2026-01-31T10:00:00.123Z', '2028-01-30T23:59:59.999Z', '2026-12-31T00:00:00.000Z', '2027-03-15T12:00:00.500Z'] as const

/**
 * Asks the library and the reference model the same, from random beginnings, and looks after each command that they answer the same; after
 * each run, that the ledgers are equal line by line and the books are whole. A failure tells its seed and what was done;
 * with `TENANTRY_MODEL_SHRINK=1` it looks for the shortest way to it.
 */
export async function runModel(open: () => Promise<Library>, { runs, commands, seed }: ModelRun): Promise<ModelReport> {
  const tally = createTally()
  let operations = 0
  const property = fc.asyncProperty(commandLists(commands), fc.constantFrom(...starts), async (list, start) => {
    const library = await open()
    library.clock.set(start)
    const session = await openSession(library, `seed${seed}-`)
    const state: ModelState = { reference: newReference(Date.parse(start), tally), made: [], trail: [`sign up at ${start}`] }
    try {
      await fc.asyncModelRun(() => ({ model: state, real: session }), list)
      await compareAtEnd(session, state)
    } catch (error) {
      throw new Error(`seed ${seed}:\n${state.trail.join('\n')}\n${error instanceof Error ? error.message : error}`, { cause: error })
    }
    operations += state.trail.length - 1
  })
  await fc.assert(property, { seed, numRuns: runs, endOnFailure: process.env['TENANTRY_MODEL_SHRINK'] !== '1' })
  return { operations, tally }
}

async function compareAtEnd(session: Session, { reference }: ModelState): Promise<void> {
  for (const who of [0, 1] as const) {
    // What time has changed is written down by the next request.
    const last = { op: 'adjust', who, key: 'the end', amount: 1 } as const
    same('the last answer', await ask(session, last), expectedAnswer(reference, last))
    same('the ledger', await linesOf(session, who), reference.customers[who].lines)
    const { accountId } = session.customers[who]
    same('the books', (await session.tenantry.verifyBooks({ accountId })).problems, [])
  }
}

/** `TENANTRY_MODEL_RUNS` times the standard run, from `TENANTRY_MODEL_SEED` where that is given. */
export function scaled(standard: Omit<ModelRun, 'seed'>): ModelRun {
  const factor = Number(process.env['TENANTRY_MODEL_RUNS'] ?? 1)
  const seed = Number(process.env['TENANTRY_MODEL_SEED'] ?? 20_260_131)
  return { ...standard, runs: Math.ceil(standard.runs * factor), seed }
}
