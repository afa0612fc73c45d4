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

export const fine = (found: string): Diagnosis => ({ status: 'ok', found, fix: null })
export const doubtful = (found: string, fix: string): Diagnosis => ({ status: 'warn', found, fix })
export const wrong = (found: string, fix: string): Diagnosis => ({ status: 'fail', found, fix })
