import { accountId } from '../support/database.js'
import type { Measured } from '../support/load.js'

/** The accounts that are spent from: any of all, or always the same. */
export type Load = 'spread' | 'hot'

/** What is measured at once. */
export interface Cell {
  readonly load: Load
  readonly inFlight: number
}

/** One way to take credits, tried against the others. */
export interface Contender {
  readonly name: string
  run(cell: Cell, seconds: number): Promise<Measured>
}

/** How many accounts there are. */
export const accounts = 100_000

/** An account of the load. */
export const pickAccount = (load: Load): string => accountId(load === 'hot' ? 1 : 1 + Math.floor(Math.random() * accounts))
