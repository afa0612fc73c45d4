import { PassThrough, Readable } from 'node:stream'
import { run } from '../../src/cli/run.js'

/** What a run of the command line left behind. */
export interface Captured {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** The one JSON document on stdout. Throws when stdout holds anything else. */
  readonly json: () => Json
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents whose shape they are there to check
type Json = any

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  /** What comes on standard input; it is no terminal then. */
  readonly input?: string | Buffer
  /** A terminal on which this is typed, one text after each question. */
  readonly typed?: readonly string[]
  /** Is stderr a terminal? */
  readonly stderrIsTTY?: boolean
  /** Is stdout? */
  readonly stdoutIsTTY?: boolean
}

/** Runs the command line inside the test. */
export async function captured(
  argv: readonly string[],
  { env = {}, input = '', typed, stderrIsTTY = false, stdoutIsTTY = false }: Surroundings = {},
): Promise<Captured> {
  const answers = [...(typed ?? [])]
  const terminal = Object.assign(new PassThrough(), { isTTY: true as const })
  let [stdout, stderr] = ['', '']
  const exitCode = await run(argv, {
    env,
    stdin: typed === undefined ? Readable.from([Buffer.from(input)]) : terminal,
    stdout: {
      isTTY: stdoutIsTTY,
      write(text, done) {
        stdout += text
        done?.()
      },
    },
    stderr: {
      isTTY: stderrIsTTY,
      write(text) {
        stderr += text
        if (typed !== undefined && text.endsWith(': ')) terminal.write(answers.shift() ?? '\u0003')
      },
    },
  })
  return { exitCode, stdout, stderr, json: () => JSON.parse(stdout) }
}
