import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** An example that runs as a program of its own. */
export interface Program {
  /** What it has written so far, both streams together. */
  readonly output: () => string
  /** Waits until it has written this. Throws when it ends before. */
  readonly wrote: (text: string) => Promise<void>
  /** Waits for its end and answers its exit code, or the signal that ended it. */
  readonly ended: () => Promise<number | NodeJS.Signals | null>
  readonly signal: (name: NodeJS.Signals) => void
}

/** Starts a file of `examples/` with tsx, as the scripts of package.json do. */
export function startExample(
  file: string,
  { args = [], env = {}, cwd = root }: { args?: string[]; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Program {
  const tsx = ['--import', import.meta.resolve('tsx'), `${root}examples/${file}`, ...args]
  const child = spawn(process.execPath, tsx, { cwd, env: { ...clean(process.env), TSX_TSCONFIG_PATH: `${root}tsconfig.json`, ...env } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const closed = once(child, 'close')
  onTestFinished(() => void child.kill('SIGKILL')) // nothing stays behind when a test fails half-way
  return {
    output: () => output,
    wrote: (text) => wroteOrEnded(child, closed, () => output, text),
    async ended() {
      await closed
      return child.exitCode ?? child.signalCode
    },
    signal: (name) => void child.kill(name),
  }
}

async function wroteOrEnded(child: ChildProcess, closed: Promise<unknown>, output: () => string, text: string): Promise<void> {
  while (!output().includes(text)) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it wrote ${JSON.stringify(text)}:\n${output()}`)
    await Promise.race([once(child.stdout ?? child, 'data'), closed])
  }
}

/** Without what this machine or the test runner put there. */
const clean = ({ PATH, HOME, TMPDIR }: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ PATH, HOME, TMPDIR })
