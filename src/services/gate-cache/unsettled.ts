/** Of whom nothing is to be kept, because what was changed of them may not have been committed yet. */
export interface Unsettled {
  note(subject: string, nowMs: number): void
  noteEverything(nowMs: number): void
  hasAny(subjects: readonly string[], nowMs: number): boolean
}

/** So long, in milliseconds, the transaction of a host may take to commit after a change. */
const holdMs = 60_000

/** A longer list counts as everything. */
const maxSubjects = 10_000

/** A list that forgets what is over. */
export function createUnsettled(): Unsettled {
  const until = new Map<string, number>()
  let allUntil = 0

  function noteEverything(nowMs: number): void {
    allUntil = nowMs + holdMs
    until.clear()
  }

  function forgetOld(nowMs: number): void {
    for (const [subject, end] of until) {
      if (end > nowMs) return
      until.delete(subject)
    }
  }

  return {
    note(subject, nowMs) {
      forgetOld(nowMs)
      until.delete(subject)
      if (until.size >= maxSubjects) noteEverything(nowMs)
      else until.set(subject, nowMs + holdMs)
    },
    noteEverything,
    hasAny: (subjects, nowMs) => nowMs < allUntil || subjects.some((subject) => nowMs < (until.get(subject) ?? 0)),
  }
}
