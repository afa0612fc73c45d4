import type { Io } from './io.js'

/** Tells how far a long piece of work is. */
export interface Progress {
  readonly show: (text: string) => void
  /** Takes the last line back where it can be. */
  readonly end: () => void
}

const silent: Progress = { show() {}, end() {} }

/** Progress on stderr: one line that renews itself on a terminal, a line each elsewhere if it was asked for. */
export function progressOn({ stderr }: Io, isAskedFor: boolean): Progress {
  const clearLine = '\r\u001b[2K'
  if (stderr.isTTY) return { show: (text) => stderr.write(`${clearLine}${text}`), end: () => stderr.write(clearLine) }
  return isAskedFor ? { show: (text) => stderr.write(`${text}\n`), end() {} } : silent
}

/** The same for a command that prints as it goes: on the terminal that it prints on, what is printed is progress enough. */
export const progressBeside = (io: Io, isAskedFor: boolean): Progress =>
  io.stdout.isTTY && io.stderr.isTTY ? silent : progressOn(io, isAskedFor)

/** Passes the first value on, and then no more than one a second. */
export function onceASecond<Value>(pass: (value: Value) => void): (value: Value) => void {
  let next = 0
  return (value) => {
    const now = performance.now()
    if (now < next) return
    next = now + 1000
    pass(value)
  }
}
