import type * as z from 'zod'
import type { ProfileName } from '../policy/index.ts'
import type { PolicyFile } from './schema.ts'

/** The meaning is for people; the rest stands in the file. */
type Profile = Partial<z.input<typeof PolicyFile>> & {
  readonly meaning: string
  readonly services?: readonly string[]
}

/**
 * What a kind of host is usually drilled for. The installer asks which one fits; its owner edits the rest. None names a
 * place, an account or another machine: those only the owner knows.
 */
export const profiles = {
  'web-server': {
    meaning: 'web sites and reverse proxies',
    actions: ['service.stop'],
    services: ['nginx.service', 'apache2.service', 'httpd.service', 'haproxy.service', 'caddy.service'],
    holdAtMost: '30m',
  },
  'application-server': {
    meaning: 'business applications with a database elsewhere',
    actions: ['service.stop', 'hosts.override'],
    services: ['tomcat9.service', 'tomcat10.service', 'php*-fpm.service', 'gunicorn.service'],
    holdAtMost: '30m',
  },
  'directory-server': {
    meaning: 'LDAP: log-ins and group memberships',
    actions: ['service.stop', 'membership.revoke'],
    services: ['slapd.service', 'samba-ad-dc.service'],
    holdAtMost: '15m',
  },
  'domain-controller': {
    meaning: 'a Samba domain: Kerberos, LDAP and the name service of the domain',
    actions: ['service.stop'],
    services: ['samba-ad-dc.service', 'winbind.service', 'krb5-kdc.service', 'bind9.service', 'named.service'],
    holdAtMost: '15m',
  },
  'name-server': {
    meaning: 'DNS, and addresses by DHCP',
    actions: ['service.stop'],
    services: ['bind9.service', 'named.service', 'unbound.service', 'dnsmasq.service', 'isc-dhcp-server.service'],
    holdAtMost: '15m',
  },
  'mail-server': {
    meaning: 'sending, receiving and reading mail',
    actions: ['service.stop'],
    services: ['postfix.service', 'postfix@-.service', 'exim4.service', 'dovecot.service', 'dovecot.socket'],
    holdAtMost: '30m',
  },
  'print-server': {
    meaning: 'print queues',
    actions: ['service.stop'],
    services: ['cups.service', 'cups.socket', 'cups.path', 'cups-browsed.service'],
    holdAtMost: '30m',
  },
  'database-server': {
    meaning: 'databases, and restoring their backups',
    actions: ['service.stop'],
    exercises: ['backup.restore'],
    services: ['postgresql.service', 'postgresql@*', 'mariadb.service', 'mysql.service'],
    holdAtMost: '15m',
  },
  'file-server': {
    meaning: 'shares, who may open them, and restoring them',
    actions: ['service.stop', 'permission.revoke', 'data.quarantine'],
    exercises: ['backup.restore'],
    services: ['smbd.service', 'nmbd.service', 'nfs-server.service', 'nfs-kernel-server.service'],
    holdAtMost: '30m',
  },
  'backup-server': {
    meaning: 'restoring backups; no failure is started here',
    exercises: ['backup.restore'],
  },
  workstation: {
    meaning: 'the side of the people: which server a name leads to',
    actions: ['hosts.override'],
    holdAtMost: '30m',
  },
  none: { meaning: 'nothing but harmless probes: add your own lines' },
} as const satisfies Readonly<Record<ProfileName, Profile>>
