/** One promise of a port and how it is checked. Give `name` and `run` to whatever test runner is at hand. */
export interface ContractCase {
  /** A sentence about behaviour, unique within its contract. */
  readonly name: string
  /** Fails by throwing an `AssertionError` of `node:assert`. */
  run(): Promise<void>
}
