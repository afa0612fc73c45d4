/** A place in a list that is ordered by time and id, newest first. The next page holds what comes after it in that order. */
export interface Position {
  readonly createdAt: Date
  readonly id: string
}
