const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const keyPrefix = 'tnt_live_'
const keyPattern = /^tnt_live_[0-9A-Za-z]{36}$/
const checksumDigits = 6
const sessionPrefix = 'tnt_session_'
const sessionPattern = /^tnt_session_[A-Za-z0-9_-]{43}$/

/** What a presented secret claims to be. */
export type CredentialKind = 'session' | 'api_key'

/**
 * What kind of credential this is by its form alone, or `null` when it cannot be one: wrong prefix, length, alphabet or, for an API key,
 * checksum. It says nothing of whether the credential is valid, but spares the database a question whose answer is no.
 */
export function credentialKind(credential: string): CredentialKind | null {
  if (typeof credential !== 'string') return null
  if (sessionPattern.test(credential)) return 'session'
  return keyPattern.test(credential) && isIntact(credential) ? 'api_key' : null
}

/** Until when a credential counts. */
export interface CredentialLife {
  /** `null` for no end. */
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

/** At the instant of its expiry a credential no longer counts. A revocation counts whatever the clocks say. */
export const hasEnded = ({ expiresAt, revokedAt }: CredentialLife, now: Date): boolean =>
  revokedAt !== null || (expiresAt !== null && expiresAt <= now)

/** Number of random bytes from which {@link apiKeySecret} surely finds its 30 characters. */
export const apiKeyEntropyBytes = 96

/**
 * An API key: `tnt_live_`, 30 random base62 characters (178 bits), and six characters of CRC-32 over those 30, the layout that secret
 * scanners know from GitHub's tokens. Bytes from 248 on are dropped, so that every character is equally likely.
 * `null` when too few bytes were usable; ask again with new ones.
 */
export function apiKeySecret(bytes: Uint8Array): string | null {
  const random = [...bytes]
    .filter((byte) => byte < 248)
    .slice(0, 30)
    .map((byte) => alphabet[byte % 62])
    .join('')
  return random.length === 30 ? `${keyPrefix}${random}${checksum(random)}` : null
}

/** An opaque session token of 256 random bits. */
export function sessionToken(bytes: Uint8Array): string {
  return `${sessionPrefix}${Buffer.from(bytes).toString('base64url')}`
}

/** What each byte does to a CRC-32. */
const crcOfByte = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

/** CRC-32 (ISO 3309) of a part of ASCII text. */
function crc32(text: string, start: number, end: number): number {
  let crc = 0xffffffff
  for (let index = start; index < end; index++) {
    crc = (crc >>> 8) ^ (crcOfByte[(crc ^ text.charCodeAt(index)) & 0xff] ?? 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** Does a key end with its checksum? Compared from the last digit on, without writing it down: every request asks. */
function isIntact(key: string): boolean {
  const end = key.length - checksumDigits
  let rest = crc32(key, keyPrefix.length, end)
  for (let index = key.length - 1; index >= end; index--) {
    if (key.charCodeAt(index) !== alphabet.charCodeAt(rest % 62)) return false
    rest = Math.floor(rest / 62)
  }
  return true
}

/** CRC-32 of ASCII text as six base62 characters, zero-padded. For typing errors and secret scanners, not for security. */
export function checksum(text: string): string {
  let rest = crc32(text, 0, text.length)
  let digits = ''
  for (let position = 0; position < checksumDigits; position++) {
    digits = `${alphabet[rest % 62]}${digits}`
    rest = Math.floor(rest / 62)
  }
  return digits
}
