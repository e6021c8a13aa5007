import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

/** scrypt (RFC 7914) with N = 2^15, r = 8, p = 3: 32 MiB, one of the settings that OWASP's password page gives. */
const COST = { N: 32_768, r: 8, p: 3 }
const KEY_BYTES = 32

/** What is kept of a password: `scrypt$N$r$p$salt$key`, so that the cost can rise without making people change it. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join('$')
}

/** Is this the password? Always costs one derivation, so that a stranger cannot find out which user names exist. */
export async function verifyPassword(password: string, kept: string | null): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = (kept ?? NOBODY).split('$')
  if (scheme !== 'scrypt' || !salt || !key) return false
  const expected = Buffer.from(key, 'base64')
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  const actual = await derive(password, Buffer.from(salt, 'base64'), cost)
  return kept !== null && expected.length === actual.length && timingSafeEqual(actual, expected)
}

const NOBODY = ['scrypt', COST.N, COST.r, COST.p, Buffer.alloc(16).toString('base64'), 'AAAA'].join('$')

function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}
