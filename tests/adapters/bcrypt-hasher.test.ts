import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { describe, expect, test, vi } from 'vitest'
import { type BcryptHasherOptions, bcryptHasher } from '../../src/adapters/node/bcrypt-hasher.js'

vi.mock('bcryptjs', () => {
  throw new Error('bcryptjs belongs into the workers')
})

const hasher = bcryptHasher({ cost: 10 })

describe('bcryptHasher', () => {
  test('makes a verifier that carries its scheme, cost and salt', async () => {
    const [one, other] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')])
    expect(one).toMatch(/^\$2b\$10\$[./A-Za-z0-9]{53}$/)
    expect(other).not.toBe(one)
  })

  test('knows the right password from a wrong one', async () => {
    const verifier = await hasher.hash('pässwörd 🦊')
    const tried = ['pässwörd 🦊', 'pässwörd 🦊 ', 'Pässwörd 🦊', 'pa\u0308sswörd 🦊', '']
    expect(await Promise.all(tried.map((password) => hasher.verify(password, verifier)))).toEqual([true, false, false, false, false])
  })

  test.each([
    ['a', '$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe'],
    ['abc', '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i'],
    ['abcdefghijklmnopqrstuvwxyz', '$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC'],
    ['~!@#$%^&*()      ~!@#$%^&*()PNBFRD', '$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO'],
  ])('verifies %j by the vector of the first Java implementation', async (password, verifier) => {
    expect(await hasher.verify(password, verifier)).toBe(true)
    expect(await hasher.verify(password, verifier.replace('$2a$', '$2y$'))).toBe(true)
    expect(await hasher.verify(`${password}.`, verifier)).toBe(false)
  })

  test('reads 72 bytes and no more, which is why longer passwords are refused earlier', async () => {
    const verifier = await hasher.hash('x'.repeat(72))
    expect(await hasher.verify(`${'x'.repeat(72)}y`, verifier)).toBe(true)
    expect(await hasher.verify('x'.repeat(71), verifier)).toBe(false)
  })

  test.each([
    '',
    'plain text',
    '$2b$10$tooshort',
    '$2x$10$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe',
    '$2b$32$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe',
    '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g',
  ])('says no to the verifier %j, which it cannot read', async (verifier) => {
    expect(await hasher.verify('a', verifier)).toBe(false)
  })

  test.each([
    ['$2b$10$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe', false],
    ['$2b$12$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe', true],
    ['$2b$04$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe', true],
    ['$2a$10$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe', true],
    ['$2b$10$tooshort', true],
    ['', true],
  ])('of %j says outdated: %s', (verifier, outdated) => {
    expect(hasher.isOutdated(verifier)).toBe(outdated)
  })

  test('uses cost 12 when none is named', async () => {
    const verifier = await bcryptHasher().hash('correct horse')
    expect(verifier).toMatch(/^\$2b\$12\$/)
    expect(bcryptHasher().isOutdated(verifier)).toBe(false)
  })

  test.each<[BcryptHasherOptions, string]>([
    [{ cost: 9 }, 'cost'],
    [{ cost: 16 }, 'cost'],
    [{ cost: 10.5 }, 'cost'],
    [{ cost: Number.NaN }, 'cost'],
    [{ workers: 0 }, 'workers'],
    [{ workers: 65 }, 'workers'],
    [{ workers: 1.5 }, 'workers'],
  ])('refuses %j', (options, path) => {
    const refusal = { code: 'invalid_input', details: { issues: [{ path, message: expect.stringMatching(/^use an integer from/) }] } }
    expect(() => bcryptHasher(options)).toThrow(expect.objectContaining(refusal))
  })
})

describe('the threads of bcryptHasher', () => {
  test('do all the hashing: the main thread never loads bcryptjs', async () => {
    await Promise.all(Array.from({ length: 8 }, () => hasher.hash('correct horse')))
    const loaded = Object.keys(createRequire(import.meta.url).cache)
    expect(loaded.filter((path) => path.includes('bcryptjs'))).toEqual([])
  })

  test('are replaced when they die in the middle of a hash, and the hash is made all the same', async () => {
    const own = bcryptHasher({ cost: 12, workers: 1 })
    const started = once(process, 'worker')
    const hash = own.hash('correct horse')
    const [worker]: Worker[] = await started
    const restarted = once(process, 'worker')
    await worker?.terminate()
    await restarted
    expect(await own.verify('correct horse', await hash)).toBe(true)
  })

  test('are shared by the hashers that name the same number of them', async () => {
    const started = vi.fn()
    process.on('worker', started)
    for (const cost of [10, 11]) {
      await Promise.all([3, 3, 3].map((workers) => bcryptHasher({ cost, workers }).hash('correct horse')))
    }
    process.off('worker', started)
    expect(started).toHaveBeenCalledTimes(3)
  })

  test('keep the process alive for a hash, and then let it end', async () => {
    const program = `
      import { bcryptHasher } from './src/adapters/node/index.js'
      const hasher = bcryptHasher({ cost: 10 })
      hasher.hash('a').then((verifier) => hasher.verify('a', verifier)).then(console.log)`
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], { timeout: 55_000 })
    expect(stdout).toBe('true\n')
  })
})
