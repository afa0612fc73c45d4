import type { BookProblem, VerifyBooksProgress, VerifyBooksResult } from '../../index.js'
import { defineCommand } from '../command.js'
import { accountOptions, progressOption } from '../options.js'
import { counted, table } from '../output.js'
import { onceASecond, progressOn } from '../progress.js'

/** `tenantry verify-books` */
export const verifyBooks = defineCommand({
  name: 'verify-books',
  summary: 'Prove that every balance is the sum of its ledger',
  explanation: 'Reads in batches and hinders nobody. Exit code 1 when something is wrong; each line then names the rule that is broken.',
  options: { account: { ...accountOptions.account, help: 'Only this account.' }, ...progressOption },
  async run({ values, io, open }) {
    const progress = progressOn(io, values.progress)
    const onProgress = onceASecond((done: VerifyBooksProgress) => progress.show(extent(done, done.problems)))
    const result = await open(({ tenantry }) => tenantry.verifyBooks({ accountId: values.account, onProgress })).finally(progress.end)
    return { ok: result.ok, data: { ...result }, text: describe(result) }
  },
})

const extent = ({ accounts, entries }: { accounts: number; entries: number }, problems: number): string =>
  `${counted(accounts, 'account')}, ${counted(entries, 'entry', 'entries')} checked: ${problems === 0 ? 'all right' : counted(problems, 'problem')}`

const placeOf = ({ sequence, lotId, reservationId }: BookProblem): string =>
  [sequence && `entry ${sequence}`, reservationId && `reservation ${reservationId}`, lotId && `lot ${lotId}`].filter(Boolean).join(', ')

function describe(result: VerifyBooksResult): string {
  const { problems } = result
  if (problems.length === 0) return extent(result, 0)
  const rows = problems.map((problem) => [problem.accountId, problem.invariant, problem.expected, problem.found, placeOf(problem)])
  return `${table(['account', 'rule', 'expected', 'found', 'where'], rows)}\n\n${extent(result, problems.length)}`
}
