import { TenantryError } from '../errors.js'

/** An amount of money. `amountMinor` is an integer in the currency's minor unit (cents for USD, yen for JPY). */
export interface Money {
  readonly amountMinor: number
  /** ISO 4217 code in capitals. */
  readonly currency: string
}

// ISO 4217 list one, active codes, with the minor units that differ from two.
const twoDigits =
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP ' +
  'DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL ' +
  'MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG ' +
  'SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG'
const exponents = new Map<string, number>([
  ...twoDigits.split(' ').map((code): [string, number] => [code, 2]),
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ').map((code): [string, number] => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code): [string, number] => [code, 3]),
])

/** How many decimals the currency has (ISO 4217), or `null` for a code that is not a currency. */
export function currencyExponent(currency: string): number | null {
  return exponents.get(currency) ?? null
}

const decimal = /^(0|[1-9]\d{0,14})(?:\.(\d{1,3}))?$/

/**
 * Reads a decimal amount such as `'29.99'` exactly: digits, at most one point, never more decimals than the currency has.
 * No sign, no spaces, no exponent, no grouping.
 *
 * @throws TenantryError `invalid_input` when it is not such an amount, or the currency is unknown
 */
export function parseMoney(amount: string, currency: string): Money {
  const exponent = currencyExponent(currency)
  if (exponent === null) throw invalid('currency', 'use an ISO 4217 currency code in capitals, such as USD')
  const match = typeof amount === 'string' ? decimal.exec(amount) : null
  if (match === null) throw invalid('amount', "use a plain decimal amount, such as '29.99'")
  const fraction = match[2] ?? ''
  if (fraction.length > exponent) throw invalid('amount', `${currency} has ${exponent} decimals`)
  const amountMinor = Number(`${match[1]}${fraction.padEnd(exponent, '0')}`)
  if (!Number.isSafeInteger(amountMinor)) throw invalid('amount', 'the amount is too large')
  return { amountMinor, currency }
}

/** Writes an amount as a decimal, the inverse of {@link parseMoney}: `{ amountMinor: 2999, currency: 'USD' }` is `'29.99'`. */
export function formatMoney({ amountMinor, currency }: Money): string {
  const exponent = currencyExponent(currency) ?? 2
  if (exponent === 0) return String(amountMinor)
  const digits = String(amountMinor).padStart(exponent + 1, '0')
  return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

const invalid = (path: string, message: string): TenantryError<'invalid_input'> =>
  new TenantryError('invalid_input', { issues: [{ path, message }] })
