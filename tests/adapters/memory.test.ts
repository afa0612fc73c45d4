import { memoryStore } from 'tenantry/memory'
import { describe, expect, test } from 'vitest'
import { storeContract } from '../../src/testing/store-contract/index.js'

const cases = storeContract(memoryStore)

describe('memoryStore', () => {
  test.each(cases)('$name', ({ run }) => run())
})

describe('storeContract', () => {
  test('names each of its cases once', () => {
    const names = cases.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})
