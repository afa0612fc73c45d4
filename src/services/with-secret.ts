/** What is shown in the place of a secret. */
const redacted = '[redacted]'

/** So `console.log` and `util.inspect` ask an object how it wants to be shown. */
const inspect = Symbol.for('nodejs.util.inspect.custom')

/**
 * An object with a secret that whoever reads the property gets, and nobody else: JSON and `inspect` show that it is there and not what it is, and
 * copies, spreads and loggers that go through the fields do not find it. Answers with secrets end up in logs.
 */
export function withSecret<Visible extends object, Name extends string>(
  visible: Visible,
  name: Name,
  secret: string,
): Visible & { readonly [Key in Name]: string } {
  const shown = () => ({ ...visible, [name]: redacted })
  const hidden = { [name]: { get: () => secret }, toJSON: { value: shown }, [inspect]: { value: shown } }
  return Object.defineProperties({ ...visible }, hidden) as Visible & { readonly [Key in Name]: string }
}
