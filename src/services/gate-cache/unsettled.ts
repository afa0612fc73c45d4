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

/** No subject is called so. */
const everything = '*'

/** A list that forgets what is over. */
export function createUnsettled(): Unsettled {
  const until = new Map<string, number>()

  function noteEverything(nowMs: number): void {
    until.clear()
    until.set(everything, nowMs + holdMs)
  }

  function forgetOld(nowMs: number): void {
    for (const [subject, end] of until) {
      if (end > nowMs) return
      until.delete(subject)
    }
  }

  function isHeld(subject: string, nowMs: number): boolean {
    const end = until.get(subject)
    if (end === undefined || end <= nowMs) return false
    // The clock was set back: from here on it tells again when the time is over.
    if (end > nowMs + holdMs) until.set(subject, nowMs + holdMs)
    return true
  }

  return {
    note(subject, nowMs) {
      forgetOld(nowMs)
      until.delete(subject)
      if (until.size >= maxSubjects) noteEverything(nowMs)
      else until.set(subject, nowMs + holdMs)
    },
    noteEverything,
    hasAny: (subjects, nowMs) => isHeld(everything, nowMs) || subjects.some((subject) => isHeld(subject, nowMs)),
  }
}
