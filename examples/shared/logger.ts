import type { Logger } from 'tenantry'

/** One line of JSON for each event, so that any log collector can read it. */
export const consoleLogger: Logger = {
  info: (message, facts) => write('info', message, facts),
  warn: (message, facts) => write('warn', message, facts),
  error: (message, facts) => write('error', message, facts),
}

function write(level: string, message: string, facts: Readonly<Record<string, unknown>> = {}): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...facts })}\n`)
}
