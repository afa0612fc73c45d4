/** A look-up that is under way. */
export interface LookUp {
  /** Has nothing of this been dropped since the look-up began? */
  isUntouched(subjects: readonly string[]): boolean
  end(): void
}

/** What was dropped while look-ups were under way: their answers may be from before. */
export interface DropRecord {
  begin(): LookUp
  note(subject: string): void
  noteEverything(): void
}

/** A longer record is cut short: then every look-up that is under way counts as touched. */
const maxNotes = 1000

/** A record that is empty while no look-up is under way. */
export function createDropRecord(): DropRecord {
  const droppedAt = new Map<string, number>()
  let count = 0
  let allDroppedAt = 0
  let underWay = 0

  function noteEverything(): void {
    allDroppedAt = ++count
    droppedAt.clear()
  }

  return {
    begin() {
      const begunAt = count
      underWay += 1
      return {
        isUntouched: (subjects) => allDroppedAt <= begunAt && subjects.every((subject) => (droppedAt.get(subject) ?? 0) <= begunAt),
        end() {
          underWay -= 1
          if (underWay === 0) droppedAt.clear()
        },
      }
    },
    note(subject) {
      if (underWay === 0) return
      if (droppedAt.size >= maxNotes) noteEverything()
      else droppedAt.set(subject, ++count)
    },
    noteEverything,
  }
}
