import type { AccountStatusResult, Actor, SuspendAccountInput, Tenantry } from '../index.js'
import { accountIdOf, act, actorOf, oneAccount } from './acts.js'
import { type Command, defineCommand } from './command.js'
import { accountOptions, actOptions } from './options.js'
import { facts } from './output.js'
import { text } from './readers.js'

/** What changes the status of an account. */
export interface StatusCommand {
  readonly name: string
  readonly summary: string
  readonly explanation: string
  readonly change: (tenantry: Tenantry, input: SuspendAccountInput, actor: Actor) => Promise<AccountStatusResult>
}

/** A command that gives an account another status, for a reason. */
export function defineStatusCommand({ change, ...words }: StatusCommand): Command {
  return defineCommand({
    ...words,
    options: {
      ...accountOptions,
      reason: { ...text, value: 'REASON', required: true, help: 'Why, for the audit log.' },
      ...actOptions,
    },
    conflict: oneAccount,
    run: ({ values, open }) =>
      open((database) =>
        act(values, database, async (tenantry) => {
          const accountId = await accountIdOf(tenantry, values)
          const { account } = await change(tenantry, { accountId, reason: values.reason }, actorOf(values))
          return { ok: true, data: { account }, text: describe(account) }
        }),
      ),
  })
}

const describe = (account: AccountStatusResult['account']): string =>
  facts([
    ['account', account.id],
    ['name', account.name],
    ['status', account.status],
    ['reason', account.statusReason],
  ])
