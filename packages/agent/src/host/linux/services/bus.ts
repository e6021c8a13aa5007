import { run } from '../run.ts'

const queryTimeoutMs = 10_000
const manager = 'org.freedesktop.systemd1'

/**
 * Calls systemd over its own bus and answers with the reply's data; null where `busctl` is missing or older than its
 * JSON output (systemd 240), or where the manager lacks the method or refuses it.
 */
export async function callManager(
  { object = '/org/freedesktop/systemd1', method }: { object?: string; method: string },
  ...args: readonly string[]
): Promise<readonly unknown[] | null> {
  const [interfaceName, member] = [method.slice(0, method.lastIndexOf('.')), method.slice(method.lastIndexOf('.') + 1)]
  const signature = args.length === 0 ? [] : ['s'.repeat(args.length)]
  const call = [
    'busctl',
    '--json=short',
    'call',
    manager,
    object,
    interfaceName,
    member,
    ...signature,
    ...args,
  ] as const
  try {
    const { code, stdout } = await run([...call], { timeoutMs: queryTimeoutMs })
    if (code !== 0) return null
    const reply: unknown = JSON.parse(stdout)
    const data = typeof reply === 'object' && reply !== null && 'data' in reply ? reply.data : null
    return Array.isArray(data) ? data : null
  } catch {
    return null
  }
}

/** Where systemd keeps a unit on its bus: every byte but letters and digits is written as `_` and two hex digits. */
export function unitObject(unit: string): string {
  const bytes = [...Buffer.from(unit)].map((byte, index) => {
    const character = String.fromCharCode(byte)
    const isPlain = /[A-Za-z]/.test(character) || (/\d/.test(character) && index > 0)
    return isPlain ? character : `_${byte.toString(16).padStart(2, '0')}`
  })
  return `/org/freedesktop/systemd1/unit/${bytes.join('')}`
}
