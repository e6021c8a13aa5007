import { join } from 'node:path'
import { accountDisable } from '../../src/actions/account/disable.ts'
import type { Action, ActionContext } from '../../src/actions/action.ts'
import { membershipRevoke } from '../../src/actions/membership/revoke.ts'
import { fileAccounts } from '../../src/host/linux/accounts/index.ts'
import type { RootPrograms } from '../../src/host/linux/accounts/root-programs.ts'
import { parseSshd } from '../../src/host/linux/accounts/ssh-door.ts'
import type { Mount } from '../../src/host/mounts.ts'
import type { Seed } from '../host/support.ts'
import { inject, prepare, stage } from './support.ts'

export const hash = '$6$salt$hash'
export const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample admin@desk\n'
export type Files = Readonly<Record<string, string | Seed>>

/** A host with these people: name to shadow password and further fields. */
export function hostWith(people: Readonly<Record<string, string>>, groups: string, more: Files = {}): Files {
  const names = Object.keys(people)
  return {
    'etc/passwd': [
      'root:x:0:0:root:/root:/bin/bash',
      ...names.map((name, at) => `${name}:x:${1001 + at}:${1001 + at}::/home/${name}:/bin/bash`),
      '',
    ].join('\n'),
    'etc/group': `root:x:0:\n${groups}\n`,
    'etc/gshadow': '',
    'etc/shadow': {
      text: ['root:*:19000:0:99999:7:::', ...names.map((name) => `${name}:${people[name]}`), ''].join('\n'),
      mode: 0o640,
    },
    ...more,
  }
}

export const good = `${hash}:19000:0:99999:7:::`
export const keyOnly = '!:19000:0:99999:7:::'
export const both = hostWith({ alice: good, bob: good }, 'sudo:x:27:alice,bob\nfinance:x:50:alice,bob')
export const sudoers = (text: string): Files => ({ 'etc/sudoers': { text: `${text}\n`, mode: 0o440 } })

/** The same host with an SSH server, and other programs that know; accounts of a directory service as of passwd(5). */
export async function scene(
  files: Files,
  programs: Partial<RootPrograms> = {},
  { directory = '', mounts = [] as readonly Mount[] } = {},
) {
  const made = await stage(files, mounts.length === 0 ? {} : { mounts: () => mounts })
  const { host, root, context } = made
  const lookup = async (database: string) =>
    (await host.files.read(`/etc/${database}`, 1 << 20)).toString('utf8') + (database === 'passwd' ? directory : '')
  const accounts = fileAccounts({
    ...{ files: host.files, lookup, groupFile: '/etc/group', gshadowFile: '/etc/gshadow' },
    lockPath: (path) => join(root, path),
    programs: {
      ...{ runs: () => true, sshd: async () => null, sudoConfirms: async () => true, isHere: async () => true },
      ...programs,
    },
  })
  return { ...context, root, host: { ...host, accounts } }
}

export const ssh = (settings: string): Partial<RootPrograms> => ({ sshd: async () => parseSshd(settings) })
export const keysOnly =
  'pubkeyauthentication yes\npasswordauthentication no\nkbdinteractiveauthentication no\nusepam yes\npermitrootlogin no'

export const disable = (account: string) => ({ action: accountDisable, params: { account } })
export const leave = (account: string, group = 'sudo') => ({ action: membershipRevoke, params: { account, group } })
export type Step = { readonly action: Action; readonly params: unknown }

export const refused = { code: 'policy-refused', rule: 'built-in: the last administrator' }
export const asked = (context: ActionContext, { action, params }: Step) => prepare(action, context, params)

/** Both in their turn, the first held while the second is asked for. */
export async function heldThen(context: ActionContext, first: Step, second: Step) {
  const { undo } = await inject(first.action, context, first.params)
  const held = first.action.takes?.(undo) ?? []
  return { held, second: () => asked({ ...context, held, recordId: `${context.recordId.slice(0, -1)}Z` }, second) }
}
