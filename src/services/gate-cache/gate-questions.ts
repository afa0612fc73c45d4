import type { AccessOperations } from '../../ports/store/access.js'

/** The gate's questions as of a moment, answered at once where the answer is at hand. */
export type GateQuestions = {
  readonly [Question in keyof AccessOperations]: (
    key: string,
    now: Date,
  ) => ReturnType<AccessOperations[Question]> | Awaited<ReturnType<AccessOperations[Question]>>
}
