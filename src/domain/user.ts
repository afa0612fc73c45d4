/** A person. `email` is the canonical address, see {@link canonicalEmail}. */
export interface User {
  readonly id: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  /** `admin` for somebody of the host's own staff. It has nothing to do with roles inside an account. */
  readonly platformRole: 'admin' | null
  readonly createdAt: Date
}
