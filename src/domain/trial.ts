/** What a trial is given once for: an e-mail address (or the mailbox behind several), or a fingerprint that the host knows people by. */
export type TrialClaimKind = 'email' | 'fingerprint'

/** Something that has one free trial, for ever. */
export interface TrialClaim {
  readonly kind: TrialClaimKind
  readonly value: string
}

/** What is known of somebody who signs up, for a rule of eligibility. */
export interface TrialFacts {
  /** In its canonical spelling. */
  readonly email: string
  /** What the host passed as `fingerprints`: of a device, of a card, whatever it knows people by. */
  readonly fingerprints: readonly string[]
  readonly firstName: string
  readonly lastName: string
  readonly externalUserId: string | null
  readonly now: Date
}

/** A rule's answer: more that has its trial once for ever, or why there is none. */
export type TrialVerdict =
  | { readonly eligible: true; readonly claims?: readonly TrialClaim[] }
  | { readonly eligible: false; readonly reason: string }

/** Decides whether somebody gets a free trial, from what is known of them alone. */
export type TrialRule = (facts: TrialFacts) => TrialVerdict

/** All of several rules: what each of them claims, or the first refusal. */
export function everyTrialRule(...rules: readonly TrialRule[]): TrialRule {
  return (facts) => {
    const claims: TrialClaim[] = []
    for (const rule of rules) {
      const verdict = rule(facts)
      if (!verdict.eligible) return verdict
      claims.push(...(verdict.claims ?? []))
    }
    return { eligible: true, claims }
  }
}

/** One trial for each mailbox, however many addresses lead to it; see {@link foldEmail}. */
export const oneTrialPerMailbox: TrialRule = ({ email }) => ({
  eligible: true,
  claims: [{ kind: 'email', value: foldEmail(email) }],
})

/**
 * No trial for addresses of these domains and of domains below them, such as those of throw-away mailboxes. The list is the host's: such
 * lists change every week. The reason of the refusal is `disposable_domain`.
 */
export function noTrialForDomains(domains: Iterable<string>): TrialRule {
  const listed = new Set(Array.from(domains, (domain) => domain.trim().toLowerCase()))
  return ({ email }) => {
    const labels = domainOf(email).split('.')
    const isListed = labels.some((_, index) => listed.has(labels.slice(index).join('.')))
    return isListed ? { eligible: false, reason: 'disposable_domain' } : { eligible: true }
  }
}

interface MailboxRule {
  /** Characters of the local part that the provider overlooks. */
  readonly overlooks?: RegExp
  /** What begins the part that the customer may choose. */
  readonly tags: readonly string[]
  /** The name under which the provider's mailboxes are counted. */
  readonly domain: string
}

const gmail: MailboxRule = { domain: 'gmail.com', overlooks: /\./g, tags: ['+'] }
const proton: MailboxRule = { domain: 'proton.me', overlooks: /[._-]/g, tags: ['+'] }

/** As these providers document it. */
const providers: Readonly<Record<string, MailboxRule>> = {
  'gmail.com': gmail,
  'googlemail.com': gmail,
  'proton.me': proton,
  'protonmail.com': proton,
  'pm.me': proton,
  'yahoo.com': { domain: 'yahoo.com', tags: ['+', '-'] },
}

/**
 * One address for all addresses that lead to one mailbox: without what follows a plus (RFC 5233 calls it the detail), and by the rules of
 * large providers, such as dots that do not count at Gmail. `email` is in its canonical spelling; see {@link canonicalEmail}. For telling
 * people apart only, never to write to.
 */
export function foldEmail(email: string): string {
  const name = domainOf(email)
  const rule = Object.hasOwn(providers, name) ? providers[name] : undefined
  const { domain, tags, overlooks } = rule ?? { domain: name, tags: ['+'] }
  const local = email.slice(0, email.lastIndexOf('@'))
  const plain = untagged(local, tags)
  const folded = overlooks === undefined ? plain : plain.replace(overlooks, '')
  return `${folded === '' ? local : folded}@${domain}`
}

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1)

/** A local part that begins with a tag has no other name. */
function untagged(local: string, tags: readonly string[]): string {
  const ends = tags.map((tag) => local.indexOf(tag, 1)).filter((index) => index > 0)
  return ends.length === 0 ? local : local.slice(0, Math.min(...ends))
}
