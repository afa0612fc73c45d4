/**
 * Why a command stops without an answer of tenantry's: `usage` is a mistake in what was typed, `setup` something that this machine lacks;
 * the rest happens to a command that is right.
 */
export type FailureCode = 'usage' | 'setup' | 'store_unavailable' | 'cancelled'

/** A reason to stop, in words for people. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode

  constructor(code: FailureCode, message: string) {
    super(message)
    this.code = code
  }
}

/** A mistake in what was typed; shown with how the command is used, in short. */
export const usageFailure = (message: string): Failure => new Failure('usage', message)
