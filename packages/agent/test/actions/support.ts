import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ulid } from 'ulid'
import type { Action, ActionContext, Reverted } from '../../src/actions/action.ts'
import { writtenUndo } from '../../src/actions/index.ts'
import type { Files } from '../../src/host/host.ts'
import { fileAccounts } from '../../src/host/linux/accounts/index.ts'
import { type SimulatedHost, type SimulatedHostOptions, simulatedHost } from '../../src/host/simulated/index.ts'
import { plant, type Seed, temporaryFolder } from '../host/support.ts'

export const accountsOf = {
  'etc/passwd': [
    'root:x:0:0:root:/root:/bin/bash',
    'nobody:x:65534:65534::/:/usr/sbin/nologin',
    'anna:x:1001:1001::/home/anna:/bin/bash',
    'ben:x:1002:1002::/home/ben:/bin/bash',
    'robot:x:1003:1003::/:/usr/sbin/nologin',
    '',
  ].join('\n'),
  'etc/group':
    'root:x:0:\nsudo:x:27:anna,ben\nrelease:x:50:robot,anna,ben\nanna:x:1001:\nben:x:1002:\nnogroup:x:65534:\n',
  'etc/shadow': {
    text: [
      'root:*:19000:0:99999:7:::',
      'anna:$y$j9T$salt$hash:19000:0:99999:7:::',
      'ben:$6$salt$other:19000:0:99999:7::30000:',
      'robot:!:19000::::::',
      '',
    ].join('\n'),
    mode: 0o640,
  },
  'etc/gshadow': { text: 'root:*::\nsudo:*::anna,ben\nrelease:!:ben:robot,anna,ben\n', mode: 0o640 },
} as const

/** A simulated host with a few accounts, and a record folder outside of it. */
export interface Stage {
  readonly root: string
  readonly host: SimulatedHost
  readonly context: ActionContext
  /** The same host, seen through other files (ones that die). */
  through(files: Files): ActionContext
}

export async function stage(
  files: Readonly<Record<string, string | Seed>> = {},
  options: Omit<SimulatedHostOptions, 'root'> = {},
): Promise<Stage> {
  const folder = await temporaryFolder()
  const root = join(folder, 'host')
  const recordFolder = join(folder, 'record')
  await mkdir(recordFolder)
  await plant(root, { ...accountsOf, ...files })
  const host = simulatedHost({ root, ...options })
  const context = { host, signal: new AbortController().signal, recordFolder, recordId: ulid() }
  const through = (other: Files): ActionContext => {
    const lookup = async (database: string) => (await host.files.read(`/etc/${database}`, 1 << 20)).toString('utf8')
    const paths = { groupFile: '/etc/group', gshadowFile: '/etc/gshadow', lockPath: (path: string) => join(root, path) }
    return { ...context, host: { ...host, files: other, accounts: fileAccounts({ files: other, lookup, ...paths }) } }
  }
  return { root, host, context, through }
}

/** Prepares as the engine does: the undo record passes through JSON once. */
export async function prepare(action: Action, context: ActionContext, params: unknown): Promise<unknown> {
  const read = await action.prepare(context, action.params.parse(params))
  return writtenUndo(action, JSON.parse(JSON.stringify(read)))
}

/** Prepare and inject; answers with the way back. */
export async function inject(action: Action, context: ActionContext, params: unknown) {
  const undo = await prepare(action, context, params)
  await action.inject(context, action.params.parse(params), undo)
  const revert = (): Promise<Reverted> => action.revert(context, undo)
  return { undo, revert, standing: () => action.verify(context, undo) }
}
