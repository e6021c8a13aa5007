import type { LabHost } from '../../../scripts/lab/index.ts'

export type Account = { name: string; password?: string; groups?: readonly string[] }

/** Makes a group. */
export async function addGroup(host: LabHost, name: string): Promise<void> {
  await host.exec(['groupadd', name])
}

/** Makes a user with a home folder and, if wanted, a password and groups that exist already. */
export async function addAccount(host: LabHost, account: Account): Promise<void> {
  const groups = account.groups?.length ? ['--groups', account.groups.join(',')] : []
  await host.exec(['useradd', '--create-home', '--shell', '/bin/bash', ...groups, account.name])
  if (account.password !== undefined) await host.exec(['chpasswd'], { input: `${account.name}:${account.password}\n` })
}

/** Whether the user could log in: the password is right and the account neither locked nor expired. */
export async function canLogIn(host: LabHost, name: string, password: string): Promise<boolean> {
  const argv = ['pamtester', 'login', name, 'authenticate', 'acct_mgmt']
  return (await host.exec(argv, { input: `${password}\n`, check: false })).code === 0
}
