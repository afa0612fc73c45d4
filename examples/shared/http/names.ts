/** `accountId` as it is written in the HTTP interface: `account_id`. */
export const snakeCase = (name: string): string => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
