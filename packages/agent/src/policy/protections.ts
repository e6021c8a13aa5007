import { dirname } from 'node:path'
import type { PolicyQuestion } from '../actions/action.ts'
import { pathsUnder } from '../paths.ts'
import { fitsGlob, plainName, unitName } from './match.ts'
import { isAtOrBelow, realPlace } from './place.ts'

/** Services without which the host, its security or the way back could not be relied on. */
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  'the agent itself': ['chaos-lite*'],
  'the way in for administrators (SSH)': ['ssh.*', 'sshd.*', 'ssh@*', 'sshd@*', 'dropbear.*'],
  'the core of the system': [
    ...['init.scope', 'dbus.*', 'dbus-broker.*', 'polkit.*', 'getty@*', 'serial-getty@*', 'user@*'],
    ...[
      'systemd-journald*',
      'systemd-logind*',
      'systemd-udevd*',
      'systemd-tmpfiles*',
      '*.target',
      '*.mount',
      '*.slice',
    ],
  ],
  'the link to the controller': ['networking.*', 'NetworkManager.*', 'systemd-networkd*', 'wpa_supplicant*', 'dhcpcd*'],
  'security software': [
    ...['apparmor.*', 'auditd.*', 'firewalld.*', 'nftables.*', 'iptables.*', 'ufw.*', 'fail2ban.*', 'crowdsec*'],
    ...['clamav*', 'clamd*', 'falcon-sensor*', 'mdatp*', 'wazuh-*', 'ossec*', 'osqueryd*', 'sentinelone*', 'cbagentd*'],
    ...['WinDefend*', 'MpsSvc*', 'Sense*', 'wscsvc*'],
  ],
}

/** Never touched, whether named themselves, by something above, or by something inside. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  'the core of the system': ['/boot', '/proc', '/sys', '/dev', '/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64'],
  'the service manager': ['/etc/systemd', '/run/systemd', '/etc/init.d'],
  'the accounts of this host': ['/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow', '/etc/nsswitch.conf'],
  'how people log in and administer': [
    '/etc/ssh',
    '/etc/pam.d',
    '/etc/security',
    '/etc/sudoers',
    '/etc/sudoers.d',
    '/root/.ssh',
  ],
  'a package database': ['/var/lib/dpkg', '/var/lib/apt', '/var/lib/rpm', '/var/lib/pacman', '/var/lib/snapd'],
}

const NAMES = ['localhost', 'localhost.localdomain', 'ip6-localhost', 'ip6-loopback']
const ACCOUNTS = ['root', 'SYSTEM', 'Administrator', 'chaos-lite']

export interface OwnThings {
  /** Folders of the agent, besides the usual ones. */
  readonly folders: readonly string[]
  /** The controller's host name or address. */
  readonly names: readonly string[]
}

/**
 * Built in, not to be switched off by any file: what no failure may ever touch. Null when the thing is not protected,
 * else what it is. Only for failures; looking is harmless.
 */
export function protectedAs(question: PolicyQuestion, own: OwnThings = { folders: [], names: [] }): string | null {
  switch (question.kind) {
    case 'service':
      return matching(SERVICES, (entry) => fitsGlob(entry.toLowerCase(), unitName(question.value).toLowerCase()))
    case 'file':
    case 'folder':
      return placeProtected(question.value, own)
    case 'name':
    case 'address':
      return nameProtected(question.value, own)
    case 'account':
      return ACCOUNTS.some((name) => name.toLowerCase() === question.value.toLowerCase())
        ? 'an account that this host cannot do without'
        : null
    default:
      return null
  }
}

function nameProtected(value: string, own: OwnThings): string | null {
  const name = plainName(value)
  if (NAMES.includes(name)) return 'the name of the host itself'
  return own.names.some((one) => plainName(one) === name) ? 'the link to the controller' : null
}

function placeProtected(path: string, own: OwnThings): string | null {
  const place = realPlace(path)
  if (place === null) return null
  if (place === dirname(place)) return 'the root of the file system'
  if (place.split('/').includes('.ssh')) return 'how people log in and administer'
  const { config, state, runtime } = pathsUnder()
  const touches = (protectedPath: string) => {
    const real = realPlace(protectedPath)
    if (real === null) return false
    return isAtOrBelow(place, real) || isAtOrBelow(real, place)
  }
  if ([config, state, runtime, ...own.folders].some(touches)) return 'the agent itself'
  return matching(PLACES, touches)
}

function matching(table: Readonly<Record<string, readonly string[]>>, fits: (entry: string) => boolean): string | null {
  return Object.entries(table).find(([, entries]) => entries.some(fits))?.[0] ?? null
}
