import type { z } from 'zod'
import type { PolicyFile } from './schema.ts'

type Lists = Partial<z.input<typeof PolicyFile>>

/** What a kind of host is usually drilled for. The installer asks which one fits; its owner edits the rest. */
export const profiles = {
  'web-server': {
    actions: ['service.stop'],
    services: ['nginx.service', 'apache2.service'],
    holdAtMost: '30m',
  },
  'directory-server': {
    actions: ['service.stop', 'membership.revoke'],
    services: ['slapd.service', 'samba-ad-dc.service'],
    holdAtMost: '15m',
  },
  'print-server': {
    actions: ['service.stop'],
    services: ['cups.service', 'cups.socket', 'cups.path', 'cups-browsed.service'],
    holdAtMost: '30m',
  },
  'database-server': {
    actions: ['service.stop'],
    exercises: ['backup.restore'],
    services: ['postgresql.service', 'postgresql@*', 'mariadb.service'],
    holdAtMost: '15m',
  },
  'file-server': {
    actions: ['service.stop', 'permission.revoke', 'data.quarantine'],
    exercises: ['backup.restore'],
    services: ['smbd.service', 'nfs-server.service'],
    holdAtMost: '30m',
  },
  workstation: {
    actions: ['hosts.override'],
    holdAtMost: '30m',
  },
  none: {},
} as const satisfies Readonly<Record<string, Lists>>

export type ProfileName = keyof typeof profiles

export const profileNames = Object.keys(profiles) as readonly ProfileName[]
