import { setTimeout as pause } from 'node:timers/promises'
import { ChaosError, type Compared } from '@chaos-lite/shared'
import type { Files, Host, Metadata } from '../../host/host.ts'
import type { NameServerManager, NameServersNow } from '../../host/name-servers.ts'

import { digestOf, item, maxFileBytes } from '../../host/swap/index.ts'
import type { ActionContext, Reverted, Standing } from '../action.ts'
import { outcomeOf, quoted } from '../outcome.ts'
import { managerSettings } from './managers.ts'
import { canonical, type ResolverParams } from './params.ts'
import { isTakenElsewhere, sameServers, searchesOf, textOfNow } from './servers-now.ts'
import type { SettingsUndo } from './undo.ts'

/** After it has read its settings, what it was told by others over the bus may take a moment to be there again. */
const settleMs = 3_000
const settleEveryMs = 100

/** A settings file of our own for the program that decides. `written` is the resolv.conf that programs read. */
export async function prepareSettings(
  { host, recordId }: ActionContext,
  { name, servers: given }: ResolverParams,
  manager: NameServerManager,
  written: { readonly path: string; readonly bytes: Uint8Array },
): Promise<SettingsUndo> {
  const { folder, parent, lines } = managerSettings[manager]
  const now = await host.nameServers.now(manager)
  if (now === null) {
    const why = `${written.path} is written by ${manager}, which does not run or does not answer here`
    throw new ChaosError('cannot-restore', `${why}. Use dns.block on this host instead. Nothing was touched.`)
  }
  const servers = given.map(canonical)
  refuseUnheard(manager, now, name, servers)
  const folderWasThere = await host.files.exists(folder)
  await refuseUnwritable(host.files, folderWasThere ? folder : parent)
  const content = [`# chaos-lite ${recordId}`, ...lines(servers, searchesOf(written.bytes)), ''].join('\n')
  return {
    ...{ by: 'settings', manager, bootId: host.clock.bootId, folder, folderWasThere, content, servers, name },
    path: `${folder}/zz-chaos-lite-${recordId}.conf`,
    before: boundedNow(now),
    resolvConf: manager === 'NetworkManager' ? { path: written.path, digest: digestOf(written.bytes) } : null,
  }
}

export function explainSettings({ manager, folder, servers, before }: SettingsUndo): readonly string[] {
  const { reading, resolvConf } = managerSettings[manager]
  const others = before.connections.filter(({ domains }) => manager === 'systemd-resolved' && domains.length > 0)
  return [
    `This host asks ${servers.join(', ')} for names, no longer ${textOfNow(before)}.`,
    `By ${manager}: it gets a settings file of its own in ${folder}, and ${reading}. ${resolvConf}`,
    ...others.map(
      ({ name, domains }) => `Names below ${domains.join(', ')} are asked of the name servers of ${name} as before.`,
    ),
    'What somebody changed in its settings and did not load yet takes effect at the same time.',
    'Put back: the file is removed, and the settings are read again. What somebody else set meanwhile stays. A restart of the host lifts it as well: the file lies in /run.',
  ]
}

export async function injectSettings({ host, recordId }: ActionContext, undo: SettingsUndo): Promise<void> {
  await host.files.makeFolder(undo.folder)
  await host.files.replace(undo.path, Buffer.from(undo.content), { like: readable(), tag: recordId })
  await host.nameServers.readAgain(undo.manager)
  await host.resolver.flush()
  const now = await host.nameServers.now(undo.manager)
  if (now !== null && sameServers(now.forAll, undo.servers)) return
  const instead = now === null ? 'does not answer' : `asks ${textOfNow(now)}`
  throw new ChaosError(
    'wrong-state',
    `${undo.manager} read ${undo.path}, but ${instead}: other settings stand above it.`,
  )
}

export async function settingsStanding({ host }: ActionContext, undo: SettingsUndo): Promise<Standing> {
  const there = await contentOf(host.files, undo.path)
  if (host.clock.bootId !== undo.bootId) return there === null ? 'before' : 'conflict'
  const now = await host.nameServers.now(undo.manager)
  if (now === null) return 'conflict'
  if (there === undo.content && isAsked(now, undo)) return 'after'
  return there === null && isAsBefore(now, undo) ? 'before' : 'conflict'
}

export async function settingsLast({ host }: ActionContext, undo: SettingsUndo): Promise<boolean> {
  const now = await host.nameServers.now(undo.manager)
  return now !== null && isAsked(now, undo)
}

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

export function settingsByHand({ manager, path, folder, folderWasThere, name }: SettingsUndo): readonly string[] {
  const { command, look } = managerSettings[manager]
  return [
    `rm -f ${quoted(path)}`,
    ...(folderWasThere ? [] : [`rmdir --ignore-fail-on-non-empty ${quoted(folder)}`]),
    command,
    `To see what came of it: ${look}; getent ahosts ${quoted(name)}`,
    'Or restart the host: the file does not outlive it.',
  ]
}

/** Servers for the whole host would not be asked, or are asked already. */
function refuseUnheard(
  manager: NameServerManager,
  now: NameServersNow,
  name: string,
  servers: readonly string[],
): void {
  if (sameServers(now.forAll, servers)) {
    throw new ChaosError('wrong-state', `This host asks ${servers.join(', ')} already: nothing would change.`)
  }
  if (manager === 'NetworkManager' && now.forAll.length > 0) {
    const why = `NetworkManager has name servers for the whole host in its settings already (${now.forAll.join(', ')})`
    throw new ChaosError('wrong-state', `${why}, and they stand above ours. Use dns.block on this host instead.`)
  }
  const taken = manager === 'systemd-resolved' ? isTakenElsewhere(now, name) : null
  if (taken === null) return
  const why = `${name} is asked of the name servers of ${taken.connection}, which has the domain "${taken.domain}"`
  throw new ChaosError(
    'wrong-state',
    `${why}: servers for the whole host would not decide it. Use dns.block on this host instead. Nothing was touched.`,
  )
}

async function refuseUnwritable(files: Files, folder: string): Promise<void> {
  const blocker = (await files.writeBlocker(folder)) ?? (await changeable(files, folder))
  if (blocker !== null) throw new ChaosError('cannot-restore', blocker)
}

async function changeable(files: Files, folder: string): Promise<string | null> {
  const parent = await files.changeableParent(`${folder}/x`)
  return parent === null ? null : `${parent} can be changed by others than root: no settings are put below it.`
}

function boundedNow({ forAll, connections }: NameServersNow): SettingsUndo['before'] {
  return {
    forAll: [...forAll].slice(0, 64),
    connections: connections.slice(0, 64).map(({ name, servers, domains }) => ({
      ...{ name: name.slice(0, 64), servers: servers.slice(0, 64) },
      domains: domains.slice(0, 64).map((each) => each.slice(0, 256)),
    })),
  }
}

function isAsked(now: NameServersNow, { manager, servers, name }: SettingsUndo): boolean {
  const elsewhere = manager === 'systemd-resolved' && isTakenElsewhere(now, name) !== null
  return sameServers(now.forAll, servers) && !elsewhere
}

function isAsBefore(now: NameServersNow, { before }: SettingsUndo): boolean {
  return JSON.stringify(boundedNow(now)) === JSON.stringify(before)
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

async function compareNow(host: Host, undo: SettingsUndo): Promise<readonly Compared[]> {
  const end = host.clock.monoMs() + settleMs
  for (;;) {
    const compared = await compareOnce(host, undo)
    if (compared.every(({ same }) => same) || host.clock.monoMs() > end) return compared
    await pause(settleEveryMs)
  }
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

async function contentOf(files: Files, path: string): Promise<string | null> {
  if (!(await files.exists(path))) return null
  return (await files.read(path, maxFileBytes)).toString('latin1')
}

/** Other accounts, such as that of systemd-resolved, have to read it. */
function readable(): Metadata {
  const none = { dev: '0', inode: '0', sizeBytes: 0, mtimeNs: '0', ctimeNs: '0', birthNs: '0', links: 1 }
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  return { kind: 'file', mode: 0o644, ...own, ...none, acl: null, attributes: null, flags: null }
}
