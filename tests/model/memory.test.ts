import { memoryStore } from 'tenantry/memory'
import { describe, expect, it } from 'vitest'
import { openLibrary } from './library.js'
import { runModel, scaled } from './run-model.js'

/** Some 100,000 operations in some 40 seconds of one processor; `TENANTRY_MODEL_RUNS=100` does a hundred times as many. */
const standard = scaled({ runs: 2300, commands: 100 })

describe('the credit engine in memory', () => {
  it('does what the reference model does', { timeout: 200 * standard.runs + 60_000 }, async () => {
    const { operations, tally } = await runModel(() => openLibrary(memoryStore()), standard)
    expect(operations).toBeGreaterThan(44 * standard.runs)
    expect(tally.missing()).toEqual([])
  })
})
