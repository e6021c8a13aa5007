/*
 * They stand here by themselves, so that the help of the command line loads neither the profiles nor their schema.
 */

/** What kind of host a starter policy is for; `none` allows harmless probes only. */
export const profileNames = [
  'web-server',
  'application-server',
  'directory-server',
  'domain-controller',
  'name-server',
  'mail-server',
  'print-server',
  'database-server',
  'file-server',
  'backup-server',
  'workstation',
  'none',
] as const

/** A kind of host, as the installer asks for it. */
export type ProfileName = (typeof profileNames)[number]
