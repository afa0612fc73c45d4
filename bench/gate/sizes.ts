import type { BenchDatabase } from '../support/database.js'
import type { Target } from './contest.js'
export async function benchSizes(_database: () => Promise<BenchDatabase>): Promise<Target[]> {
  return []
}
