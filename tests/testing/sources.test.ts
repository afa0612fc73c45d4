import { describe, expect, test } from 'vitest'
import { apiKeyEntropyBytes, apiKeySecret, sessionToken } from '../../src/domain/credential.js'
import { countingBytes } from '../../src/testing/counting-bytes.js'
import { sequentialIds } from '../../src/testing/sequential-ids.js'

const times = <Value>(count: number, make: () => Value): Value[] => Array.from({ length: count }, make)

describe('sequentialIds', () => {
  test('counts from one', () => {
    const newId = sequentialIds()
    expect(times(2, newId)).toEqual(['id-000000000001', 'id-000000000002'])
  })

  test('takes another prefix, and each source counts for itself', () => {
    sequentialIds()()
    expect(sequentialIds('account-')()).toBe('account-000000000001')
  })

  test('gives ids that sort in the order in which they were made', () => {
    const ids = times(1200, sequentialIds())
    expect([...ids].sort()).toEqual(ids)
  })
})

describe('countingBytes', () => {
  test('gives as many bytes as asked for, the same in every run', () => {
    expect(times(2, () => countingBytes()(4))).toEqual([Uint8Array.of(1, 0, 0, 0), Uint8Array.of(1, 0, 0, 0)])
    expect(countingBytes()(32)).toHaveLength(32)
  })

  test('makes a different key and a different token in every call', () => {
    const randomBytes = countingBytes()
    const keys = times(5000, () => apiKeySecret(randomBytes(apiKeyEntropyBytes)))
    const tokens = times(5000, () => sessionToken(randomBytes(32)))
    expect(keys).not.toContain(null)
    expect(new Set([...keys, ...tokens]).size).toBe(10_000)
  })
})
