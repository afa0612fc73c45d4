import type { Readable } from 'node:stream'

/** Where text goes. */
export interface Output {
  /** `done` is called when the text was taken, or with what went wrong. */
  write(text: string, done?: (error?: Error | null) => void): unknown
  readonly isTTY?: boolean
}

/** All that the command line sees of the process it runs in; `process` is one. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
}
