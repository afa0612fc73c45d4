import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { Failure, usageFailure } from './failure.js'
import type { Io } from './io.js'

const maxBytes = 4096

/**
 * The password of a person, from where it leaves no trace: standard input if asked for, else TENANTRY_ADMIN_PASSWORD, else the terminal,
 * where it is typed twice and not shown.
 *
 * @throws Failure `usage` when there is none of these, `cancelled` when the question is left unanswered
 */
export async function readPassword(io: Io, fromStdin: boolean): Promise<string> {
  if (fromStdin) return readAll(io)
  const given = io.env['TENANTRY_ADMIN_PASSWORD'] ?? ''
  if (given !== '') return given
  if (io.stdin.isTTY) return askTwice(io)
  throw usageFailure('Give the password with --password-stdin or in TENANTRY_ADMIN_PASSWORD; there is no terminal to ask for it on.')
}

async function readAll({ stdin }: Io): Promise<string> {
  if (stdin.isTTY) throw usageFailure('--password-stdin reads a pipe or a file; leave it out to be asked for the password.')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > maxBytes) throw usageFailure(`The password on standard input is longer than ${maxBytes} bytes.`)
    chunks.push(bytes)
  }
  return oneLine(Buffer.concat(chunks))
}

/** Without the line break at its end that `echo` and editors add. */
function oneLine(bytes: Buffer): string {
  const password = decode(bytes).replace(/\r?\n$/, '')
  if (password === '') throw usageFailure('There is no password on standard input.')
  if (/[\r\n]/.test(password)) throw usageFailure('The password on standard input has more than one line.')
  return password
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw usageFailure('The password on standard input is not UTF-8.')
  }
}

async function askTwice({ stdin, stderr }: Io): Promise<string> {
  // The terminal is in raw mode meanwhile: what is typed is seen only if it is written back, and this writes nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 })
  const lines = reader[Symbol.asyncIterator]()
  const ask = async (question: string): Promise<string> => {
    stderr.write(question)
    const { value, done } = await lines.next()
    stderr.write('\n')
    if (done) throw new Failure('cancelled', 'Cancelled. Nothing was done.')
    return value
  }
  try {
    const password = await ask('Password: ')
    if ((await ask('The same again: ')) === password) return password
    throw new Failure('cancelled', 'The two passwords differ. Nothing was done.')
  } finally {
    reader.close()
  }
}
