import type { Compared } from '@chaos-lite/shared'
import type { Host, NameServerManager } from '../../host/index.ts'
import { digestOf, item } from '../../host/index.ts'
import { lookUntil } from '../../wait/index.ts'
import type { ActionContext, Reverted } from '../action.ts'
import { outcomeOf } from '../outcome.ts'
import { managerSettings } from './managers.ts'
import type { SettingsUndo } from './resolver-undo.ts'
import { boundedNow, textOfNow } from './servers-now.ts'
import { contentOf } from './settings-file.ts'

/** After it has read its settings, what others set over the bus may take a moment to be there again. */
const settleMs = 3_000
const settleEveryMs = 100

/** A boot has emptied `/run`: there is nothing left that would have to be read again, and early in it nobody to ask. */
export async function revertSettings(context: ActionContext, undo: SettingsUndo): Promise<Reverted> {
  const { host } = context
  const removed = await removeOurs(context, undo)
  if (host.clock.bootId !== undo.bootId) return outcomeOf(removed.compared, removed.kept)
  if (!(await isStopped(host, undo.manager))) {
    await host.nameServers.readAgain(undo.manager)
    await host.resolver.flush()
  }
  const compared = await compareNow(host, undo)
  const changed = compared.filter(({ same }) => !same)
  const said = changed.map((each) => `Somebody else changed ${each.item}: ${each.now} now. That was kept.`)
  return outcomeOf([...removed.compared, ...compared], [...removed.kept, ...said])
}

/** The whole file is ours; lines that somebody else put into it are left. */
async function removeOurs(
  { host, recordId }: ActionContext,
  { path, folder, folderWasThere, content }: SettingsUndo,
): Promise<Reverted> {
  const { files } = host
  const there = await contentOf(files, path)
  const ours = new Set(content.split('\n').filter((row) => row !== '' && !row.startsWith('[')))
  const rest = (there ?? '').split('\n').filter((row) => !ours.has(row))
  const isTheirs = rest.some((row) => row !== '' && !row.startsWith('['))
  if (there !== null && isTheirs) await files.replace(path, Buffer.from(rest.join('\n')), { tag: recordId })
  else if (there !== null) await files.remove(path)
  if (await files.exists(folder)) await files.sweep(folder, recordId)
  if (!folderWasThere) await files.removeEmptyFolder(folder)
  const kept = isTheirs
    ? [`${path} has settings of somebody else now: they were left, only our lines were taken out.`]
    : []
  return outcomeOf([item(path, 'absent', isTheirs ? 'settings of somebody else' : 'absent')], kept)
}

/** Stopped by somebody: that stays so. One that is just starting is waited for. */
async function isStopped(host: Host, manager: NameServerManager): Promise<boolean> {
  if ((await host.nameServers.now(manager)) !== null) return false
  const { activeState } = await host.services.state(managerSettings[manager].unit)
  return activeState === 'inactive'
}

function compareNow(host: Host, undo: SettingsUndo): Promise<readonly Compared[]> {
  return lookUntil(
    () => compareOnce(host, undo),
    (compared) => compared.every(({ same }) => same),
    { everyMs: settleEveryMs, withinMs: settleMs, monoMs: () => host.clock.monoMs() },
  )
}

async function compareOnce(host: Host, { manager, before, resolvConf }: SettingsUndo): Promise<readonly Compared[]> {
  const now = await host.nameServers.now(manager)
  if (now === null) return [item(manager, 'runs', 'does not run')]
  const file = resolvConf && (await contentOf(host.files, resolvConf.path))
  return [
    item(`the name servers of ${manager}`, textOfNow(before), textOfNow(boundedNow(now))),
    ...(resolvConf === null
      ? []
      : [item(resolvConf.path, resolvConf.digest, file === null ? 'absent' : digestOf(Buffer.from(file, 'latin1')))]),
  ]
}
