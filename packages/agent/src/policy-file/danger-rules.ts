import { isIP } from 'node:net'
import { covers, type Range, rangeOf } from '@chaos-lite/shared/address'
import type { OwnThings } from '../host/index.ts'
import { fewestLetters, lettersOf, type PolicyList, type PolicyQuestion } from '../policy/index.ts'
import { protectionOf } from './protections.ts'
import { broughtLists, ceilings, takingHosts } from './terms.ts'

/** Why an entry opens more than it should, to be read behind the entry; null where it does not. */
type Look = (entry: string, own: OwnThings) => string | null

/** What `doctor` warns of in one list, in words for the reference page too. */
interface DangerRule {
  readonly what: string
  readonly look: Look
  readonly remedy: string
}

/** Larger blocks than these are whole networks of a company. */
const widest = { 4: 16, 6: 48 } as const
const administrators = ['root', 'sudo', 'wheel', 'admin', 'adm', 'shadow', 'disk', 'docker', 'lxd', 'libvirt']
const privatePlaces = ['/', '/boot', '/dev', '/etc', '/home', '/opt', '/proc', '/root', '/run', '/srv', '/sys', '/var']
/** Where cloud providers hand a machine its keys. */
const metadataAddresses = ['169.254.169.254', 'fd00:ec2::254'] as const

const lists: Readonly<Record<string, DangerRule>> = {
  actions: {
    what: `actions that take the whole host away: ${takingHosts.map((name) => `\`${name}\``).join(', ')}`,
    look: (entry) => (takingHosts.includes(entry) ? 'takes the whole host away from its users' : null),
    remedy: 'allow it only where people know, within hours',
  },
  names: {
    what: 'patterns for nearly every name or for a whole top-level domain; names that are protected anyway',
    look: (entry, own) => {
      if (lettersOf(entry) < fewestLetters || /^\*\.?[^.*]*$/.test(entry))
        return 'lets nearly every name be led elsewhere'
      return protectedAnyway('name', entry, own)
    },
    remedy: 'name the hosts or their domain',
  },
  addresses: {
    what: `networks larger than /${widest[4]} (IPv6: /${widest[6]})`,
    look: (entry) => tooWide(entry),
    remedy: 'name the networks that a drill needs',
  },
  folders: {
    what: '`/`, folders of the system, and the folders directly below `/`',
    look: (entry, own) => (isTop(entry) ? 'opens all that lies below it' : protectedAnyway('folder', entry, own)),
    remedy: 'name the folder that a drill needs',
  },
  files: {
    what: 'files that are protected anyway',
    look: (entry, own) => protectedAnyway('file', entry, own),
    remedy: 'take the line out',
  },
  accounts: {
    what: '`root`',
    look: (entry) => (entry === 'root' ? 'is protected on every host: the line allows nothing' : null),
    remedy: 'take the line out',
  },
  groups: {
    what: 'groups whose members administer the host, such as `sudo`',
    look: (entry) => (administrators.includes(entry) ? 'gives and takes the right to administer this host' : null),
    remedy: 'name a group of users; the last administrator always stays',
  },
  probeHosts: {
    what: `\`*\`, networks larger than /${widest[4]} (IPv6: /${widest[6]}), and addresses at which clouds hand out keys`,
    look: (entry) => {
      if (isIP(entry.split('/')[0] ?? '') === 0) {
        return lettersOf(entry) < fewestLetters ? 'lets the controller look at any machine from here' : null
      }
      const range = rangeOf(entry)
      const metadata = metadataAddresses.map(rangeOf).some((one) => range && one && covers(range, one))
      return metadata ? 'holds an address at which a cloud hands out keys' : tooWide(entry)
    },
    remedy: 'name the machines that a drill looks at',
  },
  probePaths: {
    what: '`/` and the folders directly below it',
    look: (entry) => (isTop(entry) ? 'reports age, size and digest of every file below it to the controller' : null),
    remedy: 'name the files that a drill looks at',
  },
  ...Object.fromEntries(broughtLists.flatMap(ofBrought)),
}

/** What an action says of its list, and that an entry allows nothing because it is protected. */
function ofBrought({ key, kind, wide }: PolicyList): readonly (readonly [string, DangerRule])[] {
  if (wide === undefined) return []
  const look: Look = (entry, own) => wide.look(entry) ?? protectedAnyway(kind, entry, own)
  return [[key, { what: wide.what, look, remedy: wide.remedy }]]
}

/** What `doctor` warns of. Nothing here forbids anything: a host belongs to its owner. */
export const dangers: {
  readonly lists: Readonly<Record<string, DangerRule>>
  readonly longestHoldMs: number
  /** Beyond these a load leaves too little to everybody else. */
  readonly ceilings: Readonly<Record<string, number>>
} = {
  lists,
  ceilings: Object.fromEntries(ceilings.map(({ key, warnBeyond }) => [key, warnBeyond])),
  longestHoldMs: 4 * 3_600_000,
}

function tooWide(entry: string): string | null {
  const range: Range | null = rangeOf(entry)
  return range !== null && range.prefix < widest[range.family] ? 'is a whole network or the whole internet' : null
}

function isTop(entry: string): boolean {
  const plain = entry.length > 1 ? entry.replace(/\/+$/, '') : entry
  return plain === '' || privatePlaces.includes(plain) || /^\/[^/]+$/.test(plain)
}

function protectedAnyway(kind: PolicyQuestion['kind'], value: string, own: OwnThings): string | null {
  if (protectionOf({ kind, value }, own) === null) return null
  return 'is protected on every host: the line allows nothing'
}
