import { readForeign } from '../small-files/index.ts'
import { faultOf } from '../text/index.ts'

const SECRET_MAX_BYTES = 4096

/** The password of a definition: written there, or the first line of its file. The reason, when there is none. */
export async function secretOf(definition: {
  readonly password?: string | undefined
  readonly passwordFile?: string | undefined
}): Promise<{ readonly password: string } | { readonly why: string }> {
  if (definition.password !== undefined) return { password: definition.password }
  const path = definition.passwordFile ?? ''
  try {
    const password = (await readForeign(path, SECRET_MAX_BYTES)).toString('utf8').split(/\r?\n/, 1)[0] ?? ''
    // RFC 4513, 5.1.2: a bind with an empty password succeeds as anonymous, and would pass for a log-in.
    return password === '' ? { why: `the first line of ${path} is empty` } : { password }
  } catch (thrown) {
    if (faultOf(thrown) === 'EFBIG') return { why: `${path} is larger than a password file can be` }
    return { why: `${path} cannot be read: ${faultOf(thrown)}` }
  }
}
