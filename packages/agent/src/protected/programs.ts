import { basename } from 'node:path'

/**
 * Programs by the name of their file. What is security software or carries a network is a list by its nature: no fact of
 * a host distinguishes it from other programs. An SSH server is also known by its bytes, and the agent by its own processes.
 */
const programs: readonly { readonly rule: string; readonly names: readonly string[] }[] = [
  { rule: 'SSH', names: ['sshd', 'sshd-session', 'sshd-auth', 'dropbear', 'dropbearmulti', 'tinysshd'] },
  {
    rule: 'the core of the system',
    names: [
      ...['systemd', 'systemd-logind', 'systemd-journald', 'systemd-udevd', 'systemd-machined', 'systemd-userdbd'],
      ...['systemd-homed', 'init', 'runit', 's6-svscan', 'openrc-init', 'agetty', 'getty', 'mingetty', 'login'],
      ...['dbus-daemon', 'dbus-broker', 'dbus-broker-launch', 'polkitd', 'elogind', '(sd-pam)', 'journald', 'udevd'],
      ...['rsyslogd', 'syslog-ng', 'watchdog', 'multipathd'],
    ],
  },
  {
    rule: 'the network of the host',
    names: [
      ...['NetworkManager', 'systemd-networkd', 'systemd-resolved', 'dhclient', 'dhcpcd', 'udhcpc', 'wpa_supplicant'],
      ...[
        'iwd',
        'connmand',
        'ifup',
        'netplan',
        'pppd',
        'openvpn',
        'tailscaled',
        'wg-quick',
        'wireguard-go',
        'boringtun',
      ],
      ...['charon', 'charon-systemd', 'pluto', 'zerotier-one', 'nebula', 'netbird', 'cloudflared'],
    ],
  },
  {
    rule: 'security software',
    names: [
      ...['clamd', 'freshclam', 'clamonacc', 'fail2ban-server', 'auditd', 'osqueryd', 'wdavdaemon', 'ossec-agentd'],
      ...[
        'wazuh-agentd',
        'wazuh-execd',
        'suricata',
        'snort',
        'falcon-sensor',
        'falcond',
        'sentinelone-agent',
        'cbagentd',
      ],
      ...['fapolicyd', 'firewalld', 'nft', 'iptables-restore', 'ip6tables-restore', 'ufw-init', 'apparmor_parser'],
      ...['crowdsec', 'crowdsec-firewall-bouncer', 'usbguard-daemon', 'samhain', 'aide', 'ds_agent', 'xagt', 'eea'],
    ],
  },
]

/** Folders in which makers of security software keep their programs. */
const makers =
  /\/(?:CrowdStrike|sentinelone|mdatp|ossec|wazuh[^/]*|sophos[^/]*|eset|bitdefender[^/]*|TrendMicro|ds_agent|McAfee|trellix|Tanium|carbonblack|cbagent|qualys|rapid7|osquery|cortex|traps|f-secure|withsecure|kaspersky|kesl|klnagent64)\//i

/** Ways in beside SSH: protected while somebody from another machine is connected through them. */
const remoteDesks = [
  ...[
    'xrdp',
    'Xvnc',
    'Xtigervnc',
    'x11vnc',
    'x0vncserver',
    'wayvnc',
    'krfb',
    'vino-server',
    'gnome-remote-desktop-daemon',
  ],
  ...['cockpit-ws', 'cockpit-tls', 'miniserv.pl', 'webmin', 'teleport', 'guacd', 'nxd', 'in.telnetd', 'telnetd'],
]

/** The built-in rule that protects a program, by the path of its file or by its name; null: none. */
export function ruleOfProgram(program: string): string | null {
  // While its file is replaced by an update, the kernel says so behind the name.
  const path = program.replace(/ \(deleted\)$/, '')
  const met = programs.find(({ names }) => names.includes(basename(path)))
  return met?.rule ?? (makers.test(path) ? 'security software' : null)
}

/** Is it a way in that counts while it is used? */
export function isRemoteDesk(program: string): boolean {
  return remoteDesks.includes(basename(program.replace(/ \(deleted\)$/, '')))
}
