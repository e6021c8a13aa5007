import type { Random } from '../random.ts'

/** What programs stumble over, wherever a value may stand. */
const NASTY: readonly [unknown, ...unknown[]] = [
  null,
  true,
  -1,
  0.5,
  2 ** 53,
  -0,
  1e308,
  '',
  '\u0000',
  '\u001b[2J\u001b]0;x\u0007',
  '\u202eexe.txt',
  '\ud800',
  '__proto__',
  '<img src=x onerror=alert(1)>',
  "'; DROP TABLE facts; --",
  '../../../../etc/passwd',
  '$' + '{params.name}',
  'x'.repeat(5_000),
  [],
  {},
  [[[[[[[[[[[[]]]]]]]]]]]],
  { __proto__: { admin: true } },
  { constructor: { prototype: {} } },
]

/** A small change that a schema may well let through: another number, another word, another hexadecimal digit. */
function mild(random: Random, value: unknown): unknown {
  if (typeof value === 'number') return random.chance(0.5) ? value + random.below(1000) : random.below(2 ** 31)
  if (typeof value === 'boolean') return !value
  if (typeof value !== 'string' || value === '') return value
  const at = random.below(value.length)
  const other = random.pick(['0', '1', 'a', 'f', 'Z', '-'])
  return value.slice(0, at) + other + value.slice(at + 1)
}

/** The value with one thing in it changed. */
export function mutateJson(random: Random, value: unknown, wild: boolean): unknown {
  if (Array.isArray(value) && value.length > 0 && random.chance(0.8)) {
    const at = random.below(value.length)
    if (wild && random.chance(0.2)) return value.toSpliced(at, random.below(2), random.pick(NASTY))
    return value.with(at, mutateJson(random, value[at], wild))
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value)
    const at = random.below(Math.max(1, entries.length))
    const [key, inner] = entries[at] ?? ['x', null]
    if (wild && random.chance(0.1)) return Object.fromEntries(entries.toSpliced(at, 1))
    if (wild && random.chance(0.1))
      return { ...value, [random.pick(['extra', '__proto__', 'toString', ''])]: random.pick(NASTY) }
    return { ...value, [key]: mutateJson(random, inner, wild) }
  }
  return wild ? random.pick(NASTY) : mild(random, value)
}

/** The bytes with some of them flipped, cut, repeated or replaced. */
export function mutateBytes(random: Random, bytes: Uint8Array): Buffer {
  let out = Buffer.from(bytes)
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    const at = random.below(Math.max(1, out.length))
    const length = 1 + random.below(16)
    switch (random.below(5)) {
      case 0:
        if (out.length > 0) out[at] = (out[at] ?? 0) ^ (1 << random.below(8))
        break
      case 1:
        out = out.subarray(0, at)
        break
      case 2:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)])
        break
      case 3:
        out = Buffer.concat([out.subarray(0, at + length), out.subarray(at)])
        break
      default:
        out = Buffer.from(out).fill(random.pick([0, 0x22, 0x7b, 0xff, 0x0a]), at, Math.min(at + length, out.length))
    }
  }
  return out
}
