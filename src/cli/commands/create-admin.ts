import type { CreateAdminResult } from '../../index.js'
import { act, actorOf } from '../acts.js'
import { defineCommand } from '../command.js'
import { actOptions } from '../options.js'
import { facts } from '../output.js'
import { readPassword } from '../password.js'
import { text } from '../readers.js'

/** `tenantry create-admin` */
export const createAdmin = defineCommand({
  name: 'create-admin',
  summary: 'Make an administrator of the platform',
  explanation: `An administrator may confirm payments and suspend accounts. Safe to run again: who is an administrator already stays as they are.
The password comes from standard input with --password-stdin, from TENANTRY_ADMIN_PASSWORD, or is asked for; it is never an argument,
because other users of the machine can read those.`,
  options: {
    email: { ...text, value: 'ADDRESS', required: true, help: 'With which the administrator signs in.' },
    'first-name': { ...text, value: 'NAME', help: 'Their first name.' },
    'last-name': { ...text, value: 'NAME', help: 'Their last name.' },
    'password-stdin': { help: 'Read the password from standard input: its first line, which must be all of it.' },
    promote: { help: 'If a customer has this address, make them an administrator. They keep their password.' },
    ...actOptions,
  },
  async run({ values, io, open }) {
    const password = await readPassword(io, values['password-stdin'])
    const { email, promote, 'first-name': firstName, 'last-name': lastName } = values
    return open((database) =>
      act(values, database, async (tenantry) => {
        const result = await tenantry.createAdmin({ email, firstName, lastName, password, promote }, actorOf(values))
        return { ok: true, data: { ...result }, text: describe(result) }
      }),
    )
  },
})

const describe = ({ user, created }: CreateAdminResult): string =>
  facts([
    ['administrator', user.email],
    ['id', user.id],
    ['name', `${user.firstName} ${user.lastName}`.trim()],
    ['note', created ? null : 'was an administrator already; nothing was changed, the password neither'],
  ])
