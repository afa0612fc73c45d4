/**
 * Letters only, for then the check digits find every single mistake, which they do not where a digit can stand for a letter. None that looks
 * like a digit or another letter, and no vowels, which would make words.
 */
const alphabet = 'BCDFGHJKMNPQRSTVWXYZ'
const bodyLength = 8

/** So many random bytes make a reference. */
export const transferReferenceBytes = 8

/**
 * What a customer writes on a transfer: a creditor reference after ISO 11649, `RF`, two check digits and eight letters, such as
 * `RF02KTMBNQXZ`. Banks know the form, and the check digits (ISO 7064, MOD 97-10) find every letter that was mistaken and every two neighbours
 * that were swapped. It is no secret: whoever guesses one can only pay.
 *
 * @param random {@link transferReferenceBytes} random bytes
 */
export function makeTransferReference(random: Uint8Array): string {
  let number = random.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  let body = ''
  const base = BigInt(alphabet.length)
  for (let place = 0; place < bodyLength; place++) {
    body += alphabet[Number(number % base)]
    number /= base
  }
  const check = 98 - remainder(`${body}RF00`)
  return `RF${String(check).padStart(2, '0')}${body}`
}

/**
 * One spelling of a transfer reference: capitals, no spaces, hyphens or points, and the digits that O, I and L were meant to be. Two
 * references are the same when this is.
 */
export function canonicalTransferReference(text: string): string {
  if (typeof text !== 'string') return ''
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
  return plain.replace(/O/g, '0').replace(/[IL]/g, '1')
}

/** What is wrong with a transfer reference, in any spelling; `null` when nothing is. */
export function transferReferenceProblem(text: string): string | null {
  const reference = canonicalTransferReference(text)
  if (!new RegExp(`^RF\\d\\d[${alphabet}]{${bodyLength}}$`).test(reference)) {
    return 'must be the reference of a requested transfer, such as RF02 KTMB NQXZ'
  }
  const isRight = remainder(`${reference.slice(4)}${reference.slice(0, 4)}`) === 1
  return isRight ? null : 'has a wrong check digit: a character is mistaken or two are swapped'
}

/** In groups of four, as people read and copy it. */
export const printedTransferReference = (reference: string): string => reference.replace(/(.{4})(?=.)/g, '$1 ')

/** The remainder by 97 of the number that a text stands for, with 10 for A and 35 for Z. */
const remainder = (text: string): number => [...text].reduce((rest, character) => append(rest, Number.parseInt(character, 36)), 0)

const append = (rest: number, value: number): number => (rest * (value < 10 ? 10 : 100) + value) % 97
