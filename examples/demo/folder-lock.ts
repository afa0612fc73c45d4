import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes a folder ours for as long as this process lives, and answers a function that gives it back. Embedded Postgres does not look whether
 * another process has its files open, and two would ruin them.
 *
 * @throws Error when another process that is alive holds the folder
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'lock')
  if (!tryToWrite(file)) {
    const holder = readHolder(file)
    if (holder !== null && isAlive(holder)) {
      throw new Error(`The demo with process id ${holder} uses ${folder}. End it first; if it is no demo, delete ${file}.`)
    }
    rmSync(file, { force: true })
    if (!tryToWrite(file)) throw new Error(`Another demo has just started in ${folder}.`)
  }
  return () => rmSync(file, { force: true })
}

function tryToWrite(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** `null` when the file is gone or holds no process id, as after a crash in the middle of writing it. */
function readHolder(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : null
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM' // alive, and somebody else's
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
