import { ChaosError, type Compared } from '@chaos-lite/shared'
import { type Host, item, printable } from '../../host/index.ts'
import { lookUntil } from '../../wait/index.ts'
import type { ActionContext } from '../action.ts'
import type { CertificateUndo } from './certificate-undo.ts'
import { fingerprintOf } from './pair.ts'
import { presentedAt } from './presented.ts'

/** One that just starts, stops or reloads is waited for so long. */
export const settleMs = 10_000
const everyMs = 100
const onItsWay = ['activating', 'reloading', 'deactivating', 'refreshing']

/** What letting the service read its files again achieved. */
interface ReadAgain {
  readonly compared: readonly Compared[]
  readonly kept: readonly string[]
}

/** @throws ChaosError with the last line of its log, because that names the fault */
export async function reload({ host, signal }: ActionContext, { service, reloadMs }: CertificateUndo): Promise<void> {
  try {
    await host.services.reload(service, reloadMs, signal)
  } catch (thrown) {
    const said = await host.services.lastWords(service).catch(() => null)
    if (said === null || !(thrown instanceof ChaosError)) throw thrown
    // First, because a long reason is cut at its end.
    const message = `The last journal line of ${service} is: "${printable(said)}" ${thrown.message}`
    throw new ChaosError(thrown.code, message, { cause: thrown })
  }
}

/**
 * Lets the service read what its files hold now, and waits until it presents no certificate of ours any more. One that
 * failed is started, because the files may have been the reason; one that does not run reads them when it is started.
 */
export async function readAgain(context: ActionContext, undo: CertificateUndo): Promise<ReadAgain> {
  const { host } = context
  const { service } = undo
  const { activeState } = await settled(context, service)
  if (onItsWay.includes(activeState)) {
    throw new ChaosError('wrong-state', `${service} is ${activeState} and cannot be reloaded now: try again.`)
  }
  if (activeState === 'active') await reload(context, undo)
  else if (activeState === 'failed') await host.services.start(service, undo.startMs, context.signal)
  const now = await host.services.state(service)
  // A boot decides by itself what runs, and early in it nothing does.
  if (now.activeState !== 'active' && host.clock.bootId !== undo.bootId) return { compared: [], kept: [] }
  const runs = item(`${service} active`, 'active', now.activeState)
  if (now.activeState === 'active') {
    const shown = await presentedNow(context, undo)
    return { compared: [runs, ...shown.compared], kept: shown.kept }
  }
  const kept = `${service} was stopped by somebody else meanwhile: it was left so, and reads these files when it is started.`
  return { compared: [runs], kept: [kept] }
}

function settled({ host, signal }: ActionContext, service: string) {
  const look = () => host.services.state(service)
  const isSettled = ({ activeState }: Awaited<ReturnType<typeof look>>) => !onItsWay.includes(activeState)
  return lookUntil(look, isSettled, { everyMs, withinMs: settleMs, monoMs: monoOf(host), signal })
}

/** Workers from before a reload may answer a moment longer. */
async function presentedNow({ host, signal }: ActionContext, undo: CertificateUndo): Promise<ReadAgain> {
  const { seen, before, made } = undo
  if (seen === null) return { compared: [], kept: [] }
  const look = async () => {
    const shown = await presentedAt(seen, signal)
    return shown === null ? 'none' : fingerprintOf(shown)
  }
  const isOver = (now: string) => now !== 'none' && now !== made.certificate
  const now = await lookUntil(look, isOver, { everyMs, withinMs: settleMs, monoMs: monoOf(host), signal })
  const place = `certificate presented at ${seen.host} port ${seen.port}`
  const compared = [item(place, before.certificate, now)]
  if (isOver(now)) {
    const kept = `${undo.service} presents another certificate by now, by a change of somebody else: that was kept.`
    return { compared, kept: now === before.certificate ? [] : [kept] }
  }
  if (await listensAt(host, undo.service, seen.port)) return { compared, kept: [] }
  const kept = `${undo.service} does not listen on port ${seen.port} any more, by a change of somebody else: that was kept.`
  return { compared, kept: [kept] }
}

/** Where it listens and shows no certificate, something is wrong; where it does not, its configuration was changed. */
async function listensAt({ services, processes }: Host, service: string, port: number): Promise<boolean> {
  const { mainPid } = await services.state(service)
  return (await processes.listening(mainPid)).some((socket) => socket.port === port)
}

function monoOf({ clock }: Host): () => number {
  return () => clock.monoMs()
}
