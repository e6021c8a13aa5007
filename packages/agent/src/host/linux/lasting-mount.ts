import { ChaosError } from '@chaos-lite/shared'
import type { Host } from '../host.ts'
import { type MountOrder, mountOptions } from '../mounts.ts'
import { parseShow } from './services/show.ts'

const askMs = 10_000

/** Is a program of this kind's own at work for as long as it is mounted? */
export function needsHelper({ kind }: Pick<MountOrder, 'kind'>): boolean {
  return /^(?:fuse|davfs|glusterfs)/.test(kind)
}

/**
 * Lets systemd mount it. Its helper then does not belong to us: systemd ends whatever a service has left when that ends,
 * so what we mounted ourselves would be gone with the agent. Where systemd has the same order from fstab, by that unit,
 * so that nothing new is left; otherwise by a service of its own, which is gone when the helper ends.
 */
export async function mountToLast(start: Host['run'], order: MountOrder, timeoutMs: number): Promise<void> {
  const { point } = order
  const unit = await said(start, ['systemd-escape', '--path', '--suffix=mount', '--', point])
  const shown = await said(start, ['systemctl', 'show', '--property=LoadState,What,Type,Options', '--', unit])
  const known: Readonly<Partial<Record<string, string>>> = parseShow(shown)[0] ?? {}
  const isSameOptions = mountOptions({ options: known.Options ?? '' }) === mountOptions(order)
  const isSame = known.What === order.source && known.Type === order.kind && isSameOptions
  const mine = `chaos-lite-${unit.replace(/\.mount$/, '')}-mount.service`
  const by = known.LoadState === 'loaded' && isSame ? unit : mine
  // A mount that failed before counts against it, and its name is not free.
  await start(['systemctl', 'reset-failed', '--', by], { timeoutMs: askMs })
  const { code, stderr } = await start(by === unit ? ['systemctl', 'start', '--', unit] : asService(mine, order), {
    timeoutMs,
  })
  if (code === 0) return
  const logged = await start(['journalctl', '--quiet', `--unit=${by}`, '--output=cat', '--lines=5'], {
    timeoutMs: askMs,
  })
  const words = `${logged.stdout.trim() || stderr.trim()}`.replaceAll(/\s+/g, ' ').slice(0, 300)
  throw new ChaosError('tool-failed', `${point} could not be mounted: ${words || 'no message'}.`)
}

function asService(unit: string, order: MountOrder): readonly [string, ...string[]] {
  const { kind, source, point } = order
  const mount = ['mount', '-t', kind, '-o', mountOptions(order), '--', source, point]
  const how = ['--quiet', '--no-ask-password', '--collect', '--service-type=forking']
  return ['systemd-run', ...how, `--unit=${unit}`, `--description=Chaos Lite mounted ${point} again`, '--', ...mount]
}

async function said(start: Host['run'], argv: readonly [string, ...string[]]): Promise<string> {
  const { code, stdout, stderr } = await start(argv, { timeoutMs: askMs })
  if (code === 0) return stdout.trim()
  throw new ChaosError('tool-failed', `${argv[0]} refused: ${stderr.trim().slice(0, 300) || 'no message'}.`)
}
