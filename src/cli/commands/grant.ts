import type { GrantCreditsResult } from '../../index.js'
import { accountIdOf, act, actorOf, oneAccount } from '../acts.js'
import { defineCommand } from '../command.js'
import { accountOptions, actOptions } from '../options.js'
import { facts } from '../output.js'
import { moment, oneOf, text, wholeNumber } from '../readers.js'

/** `tenantry grant` */
export const grant = defineCommand({
  name: 'grant',
  summary: 'Give an account credits',
  explanation: 'Credits are given once per --key: the same key with the same content again answers the first result.',
  options: {
    ...accountOptions,
    amount: { ...wholeNumber, value: 'N', required: true, help: 'How many credits.' },
    key: { ...text, value: 'KEY', required: true, help: 'The idempotency key, such as the number of a ticket.' },
    type: {
      ...oneOf(['promotion', 'purchase', 'subscription']),
      value: 'TYPE',
      help: 'promotion (when left out), purchase or subscription.',
    },
    expires: { ...moment, value: 'DATE', help: 'When what is left of them lapses, as an ISO 8601 date or moment. Never when left out.' },
    description: { ...text, value: 'TEXT', help: 'What the ledger says about it.' },
    ...actOptions,
  },
  conflict: oneAccount,
  run: ({ values, open }) =>
    open((database) =>
      act(values, database, async (tenantry) => {
        const accountId = await accountIdOf(tenantry, values)
        const { amount, key: idempotencyKey, type = 'promotion', expires: expiresAt, description } = values
        const input = { accountId, amount, type, idempotencyKey, expiresAt, description }
        const result = await tenantry.grantCredits(input, actorOf(values))
        return { ok: true, data: { ...result }, text: describe(result) }
      }),
    ),
})

const describe = ({ entry, balance, replayed }: GrantCreditsResult): string =>
  facts([
    ['account', entry.accountId],
    ['granted', entry.amount],
    ['type', entry.type],
    ['balance', balance],
    ['entry', entry.id],
    ['note', replayed ? 'was granted before with this key; nothing was done again' : null],
  ])
