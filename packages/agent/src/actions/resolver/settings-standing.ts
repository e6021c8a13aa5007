import type { NameServersNow } from '../../host/index.ts'
import type { ActionContext, Standing } from '../action.ts'
import type { SettingsUndo } from './resolver-undo.ts'
import { boundedNow, isTakenElsewhere, sameServers } from './servers-now.ts'
import { contentOf } from './settings-file.ts'

/** Judged by our file and by what the manager says that it asks. After another boot the file alone decides. */
export async function settingsStanding({ host }: ActionContext, undo: SettingsUndo): Promise<Standing> {
  const there = await contentOf(host.files, undo.path)
  if (host.clock.bootId !== undo.bootId) return there === null ? 'before' : 'conflict'
  const now = await host.nameServers.now(undo.manager)
  if (now === null) return 'conflict'
  if (there === undo.content && isAsked(now, undo)) return 'after'
  return there === null && isAsBefore(now, undo) ? 'before' : 'conflict'
}

/** Does the manager still ask our servers? False where it does not answer. */
export async function settingsLast({ host }: ActionContext, undo: SettingsUndo): Promise<boolean> {
  const now = await host.nameServers.now(undo.manager)
  return now !== null && isAsked(now, undo)
}

function isAsked(now: NameServersNow, { manager, servers, name }: SettingsUndo): boolean {
  const elsewhere = manager === 'systemd-resolved' && isTakenElsewhere(now, name) !== null
  return sameServers(now.forAll, servers) && !elsewhere
}

function isAsBefore(now: NameServersNow, { before }: SettingsUndo): boolean {
  return JSON.stringify(boundedNow(now)) === JSON.stringify(before)
}
