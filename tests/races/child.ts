import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process of its own that does what it is told, and tells what came of it. */
export interface Child<Orders extends object, Told> {
  /** What the process answers; one that dies before answers nothing and fails the test. */
  readonly tell: (orders: Orders) => Promise<Told>
  /** Lets go of the process, which ends. */
  readonly letGo: () => void
}

/** Starts a program of this folder, and waits until it is ready for its orders. */
export async function startChild<Orders extends object, Told>(program: string): Promise<Child<Orders, Told>> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [], { execArgv: ['--import', 'tsx'] })
  await messageOf(child)
  return {
    tell(orders) {
      const answer = messageOf(child) as Promise<Told>
      child.send(orders)
      return answer
    },
    letGo: () => void (child.connected && child.disconnect()),
  }
}

/** Starts one process for each of the orders; once all are ready they carry them out at the same moment, and end. */
export async function raceOf<Orders extends object, Told>(program: string, orders: readonly Orders[]): Promise<Told[]> {
  const children = await Promise.all(orders.map(() => startChild<Orders, Told>(program)))
  return Promise.all(children.map(({ tell, letGo }, index) => tell(orders[index] as Orders).finally(letGo)))
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController()
  const message = once(child, 'message', { signal: stop.signal }).then(([said]): unknown => said)
  const end = once(child, 'exit', { signal: stop.signal }).then(([code]): never => {
    throw new Error(`a process ended with ${code}`)
  })
  return Promise.race([message, end]).finally(() => stop.abort())
}
