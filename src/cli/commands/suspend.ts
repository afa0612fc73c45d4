import { defineStatusCommand } from '../status-command.js'

/** `tenantry suspend` */
export const suspend = defineStatusCommand({
  name: 'suspend',
  summary: 'Stop an account',
  explanation: 'Its very next call, by session or API key, and its next spend are refused. Undo it with: tenantry reinstate',
  change: (tenantry, input, actor) => tenantry.suspendAccount(input, actor),
})
