import type { Ability } from './abilities.ts'

/** The kinds of hosts that an agent of this version runs on, as people distinguish them. */
export const platforms = {
  systemd: 'Linux with systemd',
  plain: 'Linux without systemd',
  demo: 'Demo host (`npm start`)',
} as const
/** A kind of host that the compatibility pages have a column for. */
export type Platform = keyof typeof platforms

/**
 * What must be there for an ability, in words: `''` where nothing more is needed, null where the platform cannot have
 * it. `doctor` looks at one host; this is what the reference says about all. Names are packages of Debian.
 */
export const support: Readonly<Record<Ability, Readonly<Record<Platform, string | null>>>> = {
  files: { systemd: 'GNU coreutils', plain: 'GNU coreutils', demo: 'GNU coreutils' },
  acl: { systemd: '`acl`', plain: '`acl`', demo: '`acl`' },
  services: { systemd: '', plain: null, demo: '' },
  processes: { systemd: '', plain: '', demo: '' },
  loads: { systemd: '', plain: '', demo: null },
  accounts: { systemd: 'root', plain: 'root', demo: 'root' },
  resolver: { systemd: '', plain: '', demo: '' },
  'packet-filter': { systemd: '`nftables`', plain: '`nftables`', demo: null },
  network: { systemd: 'root, `iproute2`', plain: 'root, `iproute2`', demo: null },
  mounts: { systemd: 'root', plain: 'root', demo: null },
  'backup-tools': { systemd: '', plain: '', demo: '' },
  pam: { systemd: '`pamtester`', plain: '`pamtester`', demo: '`pamtester`' },
  restart: { systemd: 'root', plain: null, demo: null },
}

/** Null where one of the needs cannot be met on that platform; otherwise all that must be there. */
export function supportOf(needs: readonly Ability[], platform: Platform): readonly string[] | null {
  const words = needs.map((need) => support[need][platform])
  if (words.includes(null)) return null
  return [...new Set(words.filter((word): word is string => word !== null && word !== ''))]
}
