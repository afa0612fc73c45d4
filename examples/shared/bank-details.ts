/** Where the money of the examples is to go, line by line. */
export const bankDetails: Readonly<Record<string, string>> = {
  'Account holder': 'Siteworks Example Ltd',
  IBAN: 'DE02 1203 0000 0000 2020 51',
  BIC: 'BYLADEM1001',
}
