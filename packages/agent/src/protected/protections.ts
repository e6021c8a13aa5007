import { isIP } from 'node:net'
import { ChaosError } from '@chaos-lite/shared'
import type { Host } from '../host/index.ts'

// What no policy file can open. Each refusal is `policy-refused` with the built-in rule as its rule.

/** Nothing in these, and nothing that contains them. */
export const protectedTrees: readonly string[] = [
  ...['/boot', '/proc', '/sys', '/dev', '/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/efi'],
  ...['/run', '/root', '/var/run', '/var/lib/dpkg', '/var/lib/rpm', '/var/lib/apt', '/var/lib/pacman', '/lib/apk'],
  ...['/var/lib/dnf', '/var/lib/zypp', '/var/lib/snapd', '/var/lib/flatpak', '/var/lib/portage', '/var/lib/polkit-1'],
  ...['/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow', '/etc/sudoers', '/etc/sudoers.d', '/etc/pam.d'],
  ...['/etc/ssh', '/etc/security', '/etc/systemd', '/etc/nsswitch.conf', '/etc/ld.so.conf', '/etc/ld.so.cache'],
  ...['/etc/ld.so.preload', '/etc/selinux', '/etc/apparmor', '/etc/apparmor.d', '/etc/fstab', '/etc/init.d'],
  ...['/etc/doas.conf', '/etc/polkit-1', '/etc/shells', '/etc/login.defs', '/etc/sudo.conf', '/etc/dropbear'],
  ...['/etc/alternatives', '/etc/pam.conf', '/etc/hosts.allow', '/etc/hosts.deny'],
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
      'console-getty',
      'container-getty@*',
      'autovt@*',
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

/** Refuses names that every program relies on, the controller's own, and that of a proxy on the way to it. */
export function refuseProtectedName(host: Pick<Host, 'own'>, name: string): void {
  const wanted = name.toLowerCase().replace(/\.$/, '')
  if (protectedNames.includes(wanted)) throw refusal('local names', `${name} is protected on every host.`)
  const own = [...host.own.names, ...(host.own.links ?? []).map((link) => link.host)]
  if (!own.some((each) => isIP(each) === 0 && each.toLowerCase().replace(/\.$/, '') === wanted)) return
  throw refusal('the link to the controller', `${name} is on the way to the controller: its name is protected.`)
}

/** Refuses to take away the host that the controller runs on: nobody would be left to see how the drill ends. */
export async function refuseControllersHost({ own, resolver, network }: Host, signal: AbortSignal): Promise<void> {
  if (own.names.length === 0) return
  const isLocal = (name: string) => /^(?:localhost|127\.|::1$|\[::1\]$)/i.test(name)
  const local = own.names.find(isLocal)
  const here = new Set((await network.list().catch(() => [])).flatMap(({ bare }) => bare))
  const addresses = async (name: string) => (isIP(name) === 0 ? resolver.lookup(name, signal).catch(() => []) : [name])
  const found = await Promise.all(own.names.map(addresses))
  const met = local ?? found.flat().find((address) => isLocal(address) || here.has(address.replace(/%.*$/, '')))
  if (met === undefined) return
  throw refusal('the link to the controller', `The controller runs on this host (${met}): it is never restarted.`)
}

/** Refuses root and every account that a process of the agent runs as. */
export async function refuseProtectedAccount(
  host: Pick<Host, 'accounts' | 'processes'>,
  account: { readonly name: string; readonly uid: number },
): Promise<void> {
  if (account.uid === 0) throw refusal('root', `${account.name} is root: it is protected on every host.`)
  const said = `${account.name} is an account of the agent: it is protected.`
  if (account.name === host.accounts.own || account.name.startsWith('chaos-lite'))
    throw refusal('the agent itself', said)
  const own = (await host.processes.views()).find((view) => view.agent === true && view.uid === account.uid)
  if (own !== undefined) throw refusal('the agent itself', `${said} Its process ${own.pid} (${own.name}) runs as it.`)
}

/** A built-in rule that no policy opens. */
export function refusal(rule: string, message: string): ChaosError {
  return new ChaosError('policy-refused', `${message} No policy can allow it.`, { rule: `built-in: ${rule}` })
}

/** Is the path the tree or in it? By whole segments. */
export function within(path: string, tree: string): boolean {
  return path === tree || path.startsWith(tree === '/' ? '/' : `${tree}/`)
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}
