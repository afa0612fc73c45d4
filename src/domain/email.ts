// A dot-atom local part (RFC 5322) and a domain of at least two labels (RFC 1035), ASCII only.
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: the point is to tell ASCII from the rest
const ascii = /^[\u0000-\u007f]*$/

/** No spelling of an address of 253 characters is longer, spaces around it included; longer text is not looked at. */
const maxLength = 1000

/**
 * The one spelling of an e-mail address, or `null` when it is not an address that can be used.
 *
 * Trimmed, NFC, lower case. A local part with characters outside ASCII is refused, because look-alikes (such as the Kelvin sign, which
 * lower-cases to `k`) would make two people one. A domain with such characters becomes its ASCII form (IDNA).
 */
export function canonicalEmail(email: string): string | null {
  if (typeof email !== 'string' || email.length > maxLength) return null
  const trimmed = email.trim()
  const at = trimmed.lastIndexOf('@')
  if (at < 1 || !ascii.test(trimmed.slice(0, at))) return null
  const local = trimmed.slice(0, at).toLowerCase()
  const domain = asciiDomain(
    trimmed
      .slice(at + 1)
      .normalize('NFC')
      .toLowerCase(),
  )
  if (domain === null || local.length > 64 || local.length + domain.length > 253) return null
  return localPart.test(local) ? `${local}@${domain}` : null
}

function asciiDomain(domain: string): string | null {
  const candidate = ascii.test(domain) ? domain : idna(domain)
  const labels = candidate.split('.')
  const isDomain = labels.length >= 2 && labels.every((label) => domainLabel.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
  return isDomain ? candidate : null
}

// What a URL takes for the end of its host, or drops, has no place in a domain.
const urlSyntax = /[/\\?#:@%\s]/

function idna(domain: string): string {
  return !urlSyntax.test(domain) && URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : ''
}
