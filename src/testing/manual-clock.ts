import type { Clock } from '../ports/runtime.js'

/** A span of time; its parts add up. */
export interface TimeSpan {
  /** Days of 24 hours. */
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly ms?: number
}

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves the clock on by a span, or by milliseconds. A negative one moves it back. */
  advance(span: TimeSpan | number): void
  /** Puts the clock to a moment, given as a date or in ISO 8601. */
  set(moment: Date | string): void
}

/** A clock for tests. It shows 1 January 2026, midnight UTC, unless another start is given. */
export function manualClock(start: Date | string = '2026-01-01T00:00:00.000Z'): ManualClock {
  let now = millisecondsOf(start)
  const clock: Clock = () => new Date(now)
  return Object.assign(clock, {
    advance(span: TimeSpan | number) {
      now += typeof span === 'number' ? span : millisecondsIn(span)
    },
    set(moment: Date | string) {
      now = millisecondsOf(moment)
    },
  })
}

function millisecondsOf(moment: Date | string): number {
  const milliseconds = new Date(moment).getTime()
  if (Number.isNaN(milliseconds)) throw new RangeError(`not a moment: ${String(moment)}`)
  return milliseconds
}

const millisecondsIn = ({ days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 }: TimeSpan): number =>
  (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms
