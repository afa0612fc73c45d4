import { defineStatusCommand } from '../status-command.js'

/** `tenantry reinstate` */
export const reinstate = defineStatusCommand({
  name: 'reinstate',
  summary: 'Let a suspended or cancelled account go on',
  explanation: 'It gets back the status that its subscription implies. Whether it may act is again decided at each call.',
  change: (tenantry, input, actor) => tenantry.reinstateAccount(input, actor),
})
