import { ChaosError } from '@chaos-lite/shared'
import type { Message } from '@chaos-lite/shared/words'
import type { Files, NameServerManager, NameServersNow } from '../../host/index.ts'
import { digestOf } from '../../host/index.ts'
import type { ActionContext } from '../action.ts'
import { quoted } from '../outcome.ts'
import { managerSettings } from './managers.ts'
import { canonical, type ResolverParams } from './params.ts'
import type { SettingsUndo } from './resolver-undo.ts'
import { say } from './say.ts'
import { boundedNow, isTakenElsewhere, sameServers, searchesOf, textOfNow } from './servers-now.ts'
import { readable } from './settings-file.ts'

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

/** What people read where a manager decides which servers are asked. */
export function explainSettings({ manager, folder, servers, before }: SettingsUndo): readonly Message[] {
  const others = before.connections.filter(({ domains }) => manager === 'systemd-resolved' && domains.length > 0)
  return [
    say.about('asks', { servers }, { before: textOfNow(before) }),
    say('bySettings', { manager, folder }),
    ...others.map(({ name, domains }) => say('connection', { domains, connection: name })),
    say('pending'),
    say('settingsRollback'),
  ]
}

/**
 * Adds one settings file below /run, which no reboot keeps. Throws `wrong-state` where other settings stand above it.
 */
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

/** What to type when the agent cannot take the settings back. */
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
