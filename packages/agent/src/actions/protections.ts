import { isIP } from 'node:net'
import { ChaosError } from '@chaos-lite/shared'
import type { Account, Host } from '../host/host.ts'

/**
 * What no policy file can open. Each refusal is `policy-refused` with the built-in rule as its rule.
 */

/** Nothing in these, and nothing that contains them. */
const protectedTrees = [
  ...['/boot', '/proc', '/sys', '/dev', '/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/efi'],
  ...['/run', '/root', '/var/run', '/var/lib/dpkg', '/var/lib/rpm', '/var/lib/apt', '/var/lib/pacman', '/lib/apk'],
  ...['/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow', '/etc/sudoers', '/etc/sudoers.d', '/etc/pam.d'],
  ...['/etc/ssh', '/etc/security', '/etc/systemd', '/etc/nsswitch.conf', '/etc/ld.so.conf', '/etc/ld.so.cache'],
  ...['/etc/ld.so.preload', '/etc/selinux', '/etc/apparmor', '/etc/apparmor.d', '/etc/fstab', '/etc/init.d'],
]

/** Not these themselves; what lies in them may be drilled where the policy says so. */
const protectedFolders = ['/', '/etc', '/home', '/opt', '/srv', '/tmp', '/var', '/var/lib', '/mnt', '/media']

/** Services by their name without `.service`; an end of `*` stands for any rest. */
const protectedServices: readonly { readonly rule: string; readonly names: readonly string[] }[] = [
  { rule: 'the agent itself', names: ['chaos-lite*'] },
  { rule: 'SSH', names: ['ssh', 'ssh@*', 'sshd', 'sshd@*', 'sshd-*', 'dropbear', 'dropbear@*'] },
  {
    rule: 'the core of the system',
    names: [
      'systemd-*',
      'dbus',
      'dbus-*',
      'init',
      'polkit',
      'getty@*',
      'serial-getty@*',
      'user@*',
      'emergency',
      'rescue',
    ],
  },
  {
    rule: 'the network of the host',
    names: [
      'networking',
      'NetworkManager',
      'NetworkManager-*',
      'wpa_supplicant*',
      'dhcpcd*',
      'wg-quick@*',
      'openvpn*',
      'tailscaled',
    ],
  },
  {
    rule: 'security software',
    names: [
      ...[
        'apparmor',
        'auditd',
        'clamav-*',
        'clamd@*',
        'fail2ban',
        'fapolicyd',
        'firewalld',
        'iptables',
        'nftables',
        'ufw',
      ],
      ...['crowdsec*', 'falcon-sensor', 'mdatp', 'osqueryd', 'ossec*', 'wazuh-*', 'sentinel*', 'cbdaemon', 'cbagentd'],
      ...['ds_agent', 'eea', 'esets', 'sav-*', 'sophos*', 'samhain', 'suricata', 'tripwire*', 'usbguard', 'xagt'],
    ],
  },
]

const protectedNames = [
  ...['localhost', 'localhost.localdomain', 'localhost4', 'localhost6', 'ip6-localhost', 'ip6-loopback'],
  ...['ip6-localnet', 'ip6-mcastprefix', 'ip6-allnodes', 'ip6-allrouters', 'broadcasthost'],
]

/** Refuses a file or folder that the host or the agent cannot do without. `path` is resolved: no links in it. */
export function refuseProtectedPath(host: Pick<Host, 'own'>, path: string): void {
  const trees = [...protectedTrees, ...host.own.paths]
  const tree = trees.find((each) => within(path, each) || within(each, path))
  const folder = protectedFolders.find((each) => each === path)
  const met = folder ?? tree
  if (met === undefined) return
  const how = met === path ? 'is' : within(path, met) ? `lies in ${met}, which is` : `contains ${met}, which is`
  throw refusal(`path ${met}`, `${path} ${how} protected on every host.`)
}

/** Refuses a service that the host, the way into it, or its safety hangs on. */
export function refuseProtectedService(unit: string): void {
  const name = unit.replace(/\.[a-z]+$/, '')
  const met = protectedServices.find(({ names }) => names.some((pattern) => matches(pattern, name)))
  if (met) throw refusal(met.rule, `${unit} belongs to ${met.rule}: it is protected on every host.`)
}

/** Refuses names that every program relies on, and the controller's own. */
export function refuseProtectedName(host: Pick<Host, 'own'>, name: string): void {
  const wanted = name.toLowerCase().replace(/\.$/, '')
  if (protectedNames.includes(wanted)) throw refusal('local names', `${name} is protected on every host.`)
  if (!host.own.names.some((own) => isIP(own) === 0 && own.toLowerCase() === wanted)) return
  throw refusal('the link to the controller', `${name} is the controller: its name is protected.`)
}

/** Refuses to take away the host that the controller runs on: nobody would be left to see how the drill ends. */
export function refuseControllersHost(host: Pick<Host, 'own'>): void {
  if (!host.own.names.some((name) => /^(?:localhost|127\.|::1$|\[::1\]$)/i.test(name))) return
  throw refusal('the link to the controller', 'The controller runs on this host: it is never restarted.')
}

/** Refuses root and the account that the agent runs as. */
export function refuseProtectedAccount(host: Host, account: { readonly name: string; readonly uid: number }): void {
  if (account.uid === 0) throw refusal('root', `${account.name} is root: it is protected on every host.`)
  if (account.name !== host.accounts.own && !account.name.startsWith('chaos-lite')) return
  throw refusal('the agent itself', `${account.name} is the account of the agent: it is protected.`)
}

/** Refuses to take away the last one who may log in and administer the host, root not counted. */
export async function refuseLastAdministrator(host: Host, account: string, group: string): Promise<void> {
  const { administratorGroups } = host.accounts
  if (!administratorGroups.includes(group)) return
  for (const each of administratorGroups) {
    for (const member of await host.accounts.members(each).catch(() => [])) {
      if (member === account && each === group) continue
      const found = await host.accounts.account(member).catch(() => null)
      if (found?.mayLogIn && found.uid !== 0) return
    }
  }
  throw refusal('the last administrator', `${account} is the last administrator of this host besides root.`)
}

/** Refuses to disable an administrator unless another one could log in meanwhile, root not counted. */
export async function refuseToDisableLastAdministrator(host: Host, account: Account): Promise<void> {
  const { administratorGroups } = host.accounts
  const own = [account.primaryGroup, ...account.groups]
  if (!own.some((group) => administratorGroups.includes(group))) return
  for (const group of administratorGroups) {
    for (const member of await host.accounts.members(group).catch(() => [])) {
      if (member === account.name) continue
      const found = await host.accounts.account(member).catch(() => null)
      if (found && found.uid !== 0 && (await host.accounts.isOpen(member).catch(() => false))) return
    }
  }
  const rest = 'no other one has a password that is neither locked nor expired.'
  throw refusal(
    'the last administrator',
    `${account.name} is the last administrator of this host besides root: ${rest}`,
  )
}

function refusal(rule: string, message: string): ChaosError {
  return new ChaosError('policy-refused', `${message} No policy can allow it.`, { rule: `built-in: ${rule}` })
}

function within(path: string, tree: string): boolean {
  return path === tree || path.startsWith(tree === '/' ? '/' : `${tree}/`)
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}
