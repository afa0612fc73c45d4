import type { Database } from '../database.js'

/** What one check of the doctor says. */
export interface Finding {
  readonly check: string
  /** `fail` is wrong; `warn` deserves a thought and may be meant so. */
  readonly status: 'ok' | 'warn' | 'fail'
  readonly found: string
  /** What mends it; `null` where nothing has to be. */
  readonly fix: string | null
}

/** Looks at one thing. It changes nothing. */
export interface Check {
  readonly name: string
  readonly look: (database: Database) => Promise<Diagnosis>
}

/** What a look at something says of it. */
export type Diagnosis = Omit<Finding, 'check'>

/** All is well. */
export const fine = (found: string): Diagnosis => ({ status: 'ok', found, fix: null })
/** It deserves a thought. */
export const doubtful = (found: string, fix: string): Diagnosis => ({ status: 'warn', found, fix })
/** It has to be mended. */
export const wrong = (found: string, fix: string): Diagnosis => ({ status: 'fail', found, fix })
