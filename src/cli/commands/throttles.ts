import type { Account, ThrottleRule } from '../../index.js'
import { accountIdOf, act, actorOf, oneAccount } from '../acts.js'
import { defineCommand } from '../command.js'
import { accountOptions, actOptions } from '../options.js'
import { facts, type Report } from '../output.js'
import { text, wholeNumber } from '../readers.js'

/** `tenantry throttles` */
export const throttles = defineCommand({
  name: 'throttles',
  summary: 'Give an account a throttle of its own, or print those it has',
  explanation: `It counts before that of the account's plan, from the next call on, until it is taken away with --remove.`,
  options: {
    ...accountOptions,
    scope: { ...text, value: 'SCOPE', help: 'What is throttled, such as api. Left out: print what the account has of its own.' },
    limit: { ...wholeNumber, value: 'N', help: 'How many calls fit into --window.' },
    window: { ...wholeNumber, value: 'SECONDS', help: 'How long the window is.' },
    burst: { ...wholeNumber, value: 'N', help: 'How many calls may come at once. All of --limit when left out.' },
    remove: { help: "Go back to the plan's throttle." },
    reason: { ...text, value: 'REASON', help: 'Why, for the audit log.' },
    ...actOptions,
  },
  conflict: (values) => oneAccount(values) ?? oneRule(values),
  run: ({ values, open }) =>
    open((database) =>
      act(values, database, async (tenantry) => {
        const accountId = await accountIdOf(tenantry, values)
        const { scope, reason } = values
        const { account: before } = await tenantry.getAccount({ accountId })
        if (scope === undefined) return reportOf(before, noneOf(before))
        const rule = ruleOf(values)
        const { account } = await tenantry.setAccountThrottles({ accountId, throttles: { [scope]: rule }, reason }, actorOf(values))
        const isVain = rule === null && !Object.hasOwn(before.throttles, scope)
        return reportOf(account, isVain ? `has no throttle of its own for ${scope}; nothing was changed` : noneOf(account))
      }),
    ),
})

interface RuleValues {
  readonly scope: string | undefined
  readonly limit: number | undefined
  readonly window: number | undefined
  readonly burst: number | undefined
  readonly remove: boolean
}

/** Must be a rule or none for a scope, and neither without one. */
function oneRule({ scope, limit, window, burst, remove }: RuleValues): string | null {
  const isRule = [limit, window, burst].some((value) => value !== undefined)
  if (scope === undefined) return isRule || remove ? 'Name what is throttled: --scope SCOPE.' : null
  if (!remove) return limit === undefined || window === undefined ? 'Pass --limit and --window, or --remove.' : null
  return isRule ? 'Pass --limit, --window and --burst, or --remove, not both.' : null
}

function ruleOf({ limit, window, burst, remove }: RuleValues): ThrottleRule | null {
  if (remove || limit === undefined || window === undefined) return null
  return { limit, windowSeconds: window, ...(burst !== undefined && { burst }) }
}

const noneOf = ({ throttles: rules }: Account): string | null =>
  Object.keys(rules).length === 0 ? 'has no throttles of its own; those of its plan count' : null

const reportOf = (account: Account, note: string | null): Report => ({ ok: true, data: { account }, text: describe(account, note) })

const describe = ({ id, name, throttles: rules }: Account, note: string | null): string =>
  facts([
    ['account', id],
    ['name', name],
    ...Object.entries(rules).map(([scope, rule]) => [scope, ruleText(rule)] as const),
    ['note', note],
  ])

const ruleText = ({ limit, windowSeconds, burst }: ThrottleRule): string =>
  `${limit} in ${windowSeconds} s${burst === undefined ? '' : `, ${burst} at once`}`
