import type { AccessOperations } from '../../ports/store/access.js'

/** The gate's questions, answered at once where the answer is at hand. */
export type GateQuestions = {
  readonly [Question in keyof AccessOperations]: (
    key: string,
  ) => ReturnType<AccessOperations[Question]> | Awaited<ReturnType<AccessOperations[Question]>>
}
