import { createHash, timingSafeEqual } from 'node:crypto'

/** The name of the hidden field. */
export const formTokenName = 'form_token'

/**
 * What a page's form carries to show that it came from a page of this session: other sites can send a form here, but cannot read one.
 * It is made of the session's secret and tells nothing of it.
 */
export const formToken = (session: string): string => createHash('sha256').update(`form:${session}`).digest('base64url')

/** Is it the token of this session? */
export function isFormToken(text: string, session: string): boolean {
  const [given, right] = [Buffer.from(text), Buffer.from(formToken(session))]
  return given.length === right.length && timingSafeEqual(given, right)
}
