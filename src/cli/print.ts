import type { Output } from './io.js'

/** Writes a piece of what a command answers, and waits until it is taken. `false` when nobody reads any more, as after `| head`. */
export type Print = (text: string) => Promise<boolean>

/** Prints on an output at the pace of whoever reads it. Rejects when the output fails, as a full disk does. */
export const printTo =
  (output: Output): Print =>
  (text) =>
    new Promise((resolve, reject) => {
      output.write(text, (error) => {
        if (error && !isClosed(error)) reject(error)
        else resolve(!error)
      })
    })

const isClosed = ({ code }: NodeJS.ErrnoException): boolean => code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED'
