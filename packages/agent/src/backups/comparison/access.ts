import type { WorkHost } from '../work-host.ts'
import { quoted } from './names.ts'

/** Who may do what besides mode and owner: access lists and file capabilities, by the path as text. */
export type Access = ReadonlyMap<string, string>

/** What reads them, the best first. Both print one block for each file that has some, and nothing for the rest. */
const READERS = [
  {
    argv: ['getfattr', '-R', '-P', '-h', '-d', '-e', 'hex', '-m', '^(system[.]posix_acl_.*|security[.]capability)$'],
    capabilities: true,
  },
  { argv: ['getfacl', '-R', '-s', '-P', '-n'], capabilities: false },
] as const
const READ_MS = 3_600_000

/** Access lists of what was restored and of what is live, as one tool read both. */
export interface BothAccess {
  readonly restored: Access
  readonly live: Access
  /** Were file capabilities read as well? */
  readonly capabilities: boolean
}

/** Of both trees by the same program; null where this host has none that reads them. */
export async function readAccess(
  { run }: Pick<WorkHost, 'run'>,
  roots: { readonly restored: string; readonly live: string },
  signal: AbortSignal,
): Promise<BothAccess | null> {
  for (const { argv, capabilities } of READERS) {
    const of = async (root: string): Promise<Access> => {
      // Things that vanish in the meantime make it fail: what it printed of the others counts.
      const { stdout } = await run([...argv, '--', '.'], { timeoutMs: READ_MS, signal, cwd: root })
      return blocks(stdout)
    }
    try {
      return { restored: await of(roots.restored), live: await of(roots.live), capabilities }
    } catch {
      signal.throwIfAborted()
    }
  }
  return null
}

function blocks(text: string): Access {
  const all = new Map<string, string>()
  for (const block of text.split('\n\n')) {
    const [head = '', ...lines] = block.split('\n')
    if (!head.startsWith('# file: ')) continue
    const path = unescaped(head.slice('# file: '.length)).replace(/^\.\//, '')
    const rules = lines.filter((line) => line !== '' && !line.startsWith('#'))
    if (path !== '.') all.set(path, rules.sort().join('\n'))
  }
  return all
}

/** Blanks, backslashes and the like are written as `\040`. */
function unescaped(name: string): string {
  return name.replace(/\\(?:([0-7]{3})|\\)/g, (_, octal?: string) =>
    octal === undefined ? '\\' : String.fromCharCode(Number.parseInt(octal, 8)),
  )
}

/** What was lost, or came back otherwise; null when it is the same. */
export function accessDifference(
  { restored, live }: BothAccess,
  { mine, theirs }: { readonly mine: string; readonly theirs: string },
): string | null {
  const [back, had] = [restored.get(keyOf(mine)), live.get(keyOf(theirs))]
  if (back === had) return null
  const what = (rules: string) => (rules.includes('security.capability') ? 'file capabilities' : 'access list')
  if (back === undefined) return `${quoted(mine)} was restored without its ${what(had ?? '')}`
  if (had === undefined) return `${quoted(mine)} was restored with an ${what(back)} that the live one does not have`
  return `${quoted(mine)} was restored with another ${what(had)}`
}

/** As the output of a program is read: what is no text in a name is replaced. */
function keyOf(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8')
}
