import { Worker } from 'node:worker_threads'
import { TenantryError } from '../../errors.js'

/** More than so many jobs are not kept waiting: whoever comes then would wait too long, and a flood must not fill the memory. */
const maxWaiting = 1000

/** What the pool's workers run. */
export interface WorkerProgram {
  /** Shown by debuggers. */
  readonly name: string
  /** CommonJS source. For every message on `parentPort` it posts one answer, and it handles one message at a time. */
  readonly source: string
  /** The program's `workerData`. */
  readonly data: unknown
}

/** Threads that do jobs, the first come first. */
export interface WorkerPool<Job, Answer> {
  /** Has a job done. Rejects when two workers in a row died of it, when none can start, and with `throttled` when too many jobs wait. */
  run(job: Job): Promise<Answer>
}

interface Task<Job, Answer> {
  readonly job: Job
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  deaths: number
}

/** One place of the pool: its worker, once there is one, and what that is busy with. */
interface Seat<Job, Answer> {
  worker: Worker | null
  task: Task<Job, Answer> | null
}

/**
 * A pool of at most `size` worker threads. A worker starts with the first job that needs it, is replaced when it dies, and keeps the process
 * alive only while it has a job.
 */
export function workerPool<Job, Answer>(program: WorkerProgram, size: number): WorkerPool<Job, Answer> {
  const waiting: Task<Job, Answer>[] = []
  const seats = Array.from({ length: size }, (): Seat<Job, Answer> => ({ worker: null, task: null }))

  function assign(): void {
    for (const seat of seats) {
      if (seat.task === null) begin(seat, waiting.shift())
    }
  }

  function begin(seat: Seat<Job, Answer>, task: Task<Job, Answer> | undefined): void {
    if (task === undefined) return
    try {
      seat.worker ??= start(seat)
    } catch (error) {
      task.reject(new Error(`The worker "${program.name}" cannot start.`, { cause: error }))
      return
    }
    seat.task = task
    seat.worker.ref()
    seat.worker.postMessage(task.job)
  }

  function start(seat: Seat<Job, Answer>): Worker {
    const worker = new Worker(program.source, { eval: true, name: program.name, workerData: program.data, execArgv: [] })
    let cause: unknown
    worker.on('message', (answer: Answer) => {
      worker.unref()
      seat.task?.resolve(answer)
      seat.task = null
      assign()
    })
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', () => {
      bury(seat, cause)
      assign()
    })
    return worker
  }

  /** The job of a dead worker is the oldest there is, so it goes first. */
  function bury(seat: Seat<Job, Answer>, cause: unknown): void {
    const { task } = seat
    seat.worker = null
    seat.task = null
    if (task === null) return
    task.deaths += 1
    if (task.deaths < 2) waiting.unshift(task)
    else task.reject(new Error(`The worker "${program.name}" died twice of one job.`, { cause }))
  }

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= maxWaiting) throw new TenantryError('throttled', { retryAfterSeconds: 1 })
        waiting.push({ job, resolve, reject, deaths: 0 })
        assign()
      }),
  }
}
