import { describe, expect, test } from 'vitest'
import { type WorkerPool, workerPool } from '../../src/adapters/node/worker-pool.js'

interface Job {
  readonly name: string
  /** How many workers die of it before one does it. */
  readonly deaths?: number
}

interface Answer {
  readonly name: string
  readonly thread: number
}

const source = `
const { parentPort, threadId, workerData } = require('node:worker_threads')
const [starts, died] = [new Int32Array(workerData.starts), new Int32Array(workerData.died)]
Atomics.add(starts, 0, 1)
parentPort.on('message', ({ name, deaths = 0 }) => {
  if (Atomics.add(died, 0, 1) < deaths) {
    if (name === 'throws') throw new Error('what went wrong')
    process.exit(1)
  }
  parentPort.postMessage({ name, thread: threadId })
})
`

/** A pool, and how many of its workers started. */
function makePool(size: number): { pool: WorkerPool<Job, Answer>; starts: () => number } {
  const data = { starts: new SharedArrayBuffer(4), died: new SharedArrayBuffer(4) }
  const pool = workerPool<Job, Answer>({ name: 'test', source, data }, size)
  return { pool, starts: () => new Int32Array(data.starts)[0] ?? 0 }
}

describe('workerPool', () => {
  test('does jobs in the order in which they come', async () => {
    const { pool } = makePool(1)
    const done: string[] = []
    const names = Array.from({ length: 20 }, (_, index) => `job ${index}`)
    await Promise.all(names.map((name) => pool.run({ name }).then((answer) => done.push(answer.name))))
    expect(done).toEqual(names)
  })

  test('uses as many workers as it may', async () => {
    const { pool, starts } = makePool(3)
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => pool.run({ name: `job ${index}` })))
    expect(answers.map(({ name }) => name)).toEqual(Array.from({ length: 12 }, (_, index) => `job ${index}`))
    expect(new Set(answers.map(({ thread }) => thread)).size).toBe(3)
    expect(starts()).toBe(3)
  })

  test('starts no worker that no job needs', async () => {
    const { pool, starts } = makePool(3)
    for (const name of ['first', 'second', 'third']) await pool.run({ name })
    expect(starts()).toBe(1)
  })

  test('gives the job of a dead worker to a new one, before all that came later', async () => {
    const { pool, starts } = makePool(1)
    const done: string[] = []
    const jobs: Job[] = [{ name: 'first', deaths: 1 }, { name: 'second' }, { name: 'third' }]
    await Promise.all(jobs.map((job) => pool.run(job).then(({ name }) => done.push(name))))
    expect(done).toEqual(['first', 'second', 'third'])
    expect(starts()).toBe(2)
  })

  test('gives a job up when it killed two workers, and goes on with the next', async () => {
    const { pool, starts } = makePool(1)
    const [first, second] = await Promise.allSettled([pool.run({ name: 'first', deaths: 2 }), pool.run({ name: 'second' })])
    expect(first).toMatchObject({ status: 'rejected', reason: new Error('The worker "test" died twice of one job.') })
    expect(second).toMatchObject({ status: 'fulfilled', value: { name: 'second' } })
    expect(starts()).toBe(3)
  })

  test('says what a worker died of', async () => {
    const { pool } = makePool(1)
    const failure = await pool.run({ name: 'throws', deaths: 2 }).catch((error: unknown) => error)
    expect(failure).toHaveProperty('cause.message', 'what went wrong')
  })

  test('gives up when the program does not even load', async () => {
    const pool = workerPool<Job, Answer>({ name: 'broken', source: 'require("./nowhere")', data: null }, 1)
    await expect(pool.run({ name: 'first' })).rejects.toThrow('The worker "broken" died twice of one job.')
  })
})
