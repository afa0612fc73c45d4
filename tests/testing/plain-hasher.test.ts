import { describe, expect, test } from 'vitest'
import { plainHasher } from '../../src/testing/plain-hasher.js'

describe('plainHasher', () => {
  test('verifies the password it hashed, and no other', async () => {
    const hasher = plainHasher()
    const verifier = await hasher.hash('correct horse')
    expect(await hasher.verify('correct horse', verifier)).toBe(true)
    expect(await hasher.verify('correct horse ', verifier)).toBe(false)
  })

  test('verifies nothing against a verifier that it did not make, and calls that outdated', async () => {
    const hasher = plainHasher()
    expect(await hasher.verify('correct horse', 'correct horse')).toBe(false)
    expect(hasher.isOutdated('$2b$12$abc')).toBe(true)
    expect(hasher.isOutdated(await hasher.hash('correct horse'))).toBe(false)
  })

  test('counts how often it was asked', async () => {
    const hasher = plainHasher()
    await hasher.verify('a', await hasher.hash('b'))
    await hasher.verify('a', 'plain:a')
    expect(hasher.calls).toEqual({ hash: 1, verify: 2 })
    expect(plainHasher().calls).toEqual({ hash: 0, verify: 0 })
  })
})
