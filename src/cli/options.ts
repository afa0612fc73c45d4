import type { Options } from './arguments.js'
import { postgresUrl, text } from './readers.js'

/** Options of every command. */
export const commonOptions = {
  url: {
    ...postgresUrl,
    value: 'URL',
    help: 'The database: postgres://user@host:5432/name. DATABASE_URL when left out; other users cannot read that.',
  },
  schema: { ...text, value: 'NAME', help: "The schema that holds the tables. The first in the role's search_path when left out." },
  json: { help: 'Print one JSON document on stdout and nothing else there.' },
  help: { help: 'Explain the command.' },
} as const satisfies Options

/** Of commands that change something. */
export const dryRunOption = {
  'dry-run': { help: 'Do everything, say what came of it, and keep nothing.' },
} as const satisfies Options

/** Of commands whose acts go into the audit log. */
export const actOptions = {
  ...dryRunOption,
  actor: {
    ...text,
    value: 'ID',
    help: 'Which administrator does it, for the audit log. "cli:" and your user name when left out.',
  },
} as const satisfies Options

/** Of commands about one account. */
export const accountOptions = {
  account: { ...text, value: 'ID', help: 'The account.' },
  email: { ...text, value: 'MEMBER', help: 'The account of the person with this e-mail address, instead of --account.' },
} as const satisfies Options

/** Of commands whose answer is a table of data. */
export const csvOption = {
  csv: { help: 'Print CSV (RFC 4180, UTF-8). Text that a spreadsheet would take for a formula gets an apostrophe before it.' },
} as const satisfies Options

/** Of commands that take long. */
export const progressOption = {
  progress: { help: 'Tell on stderr how far it is, also where stderr is no terminal.' },
} as const satisfies Options
