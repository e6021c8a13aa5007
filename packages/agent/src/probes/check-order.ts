import { ChaosError, issuesText, type ProbeOrder } from '@chaos-lite/shared'
import type { Policy, Ruling } from '../policy/index.ts'
import { oneLine } from '../text/index.ts'
import { findProbe, probes } from './catalogue.ts'
import { isHarmless } from './harmless.ts'
import type { Probe } from './probe.ts'

/** A probe with its parameters checked, allowed by the host's owner. */
export interface CheckedProbe {
  readonly probe: Probe
  readonly params: unknown
  readonly ruling: Ruling
  /** As in `ProbeContext`. */
  readonly mayRead: (place: string) => boolean
}

/** The owner of the host does not allow this look. */
export class ProbeRefused extends ChaosError {
  readonly ruling: Ruling
  constructor(ruling: Ruling) {
    super('policy-refused', ruling.reason, { rule: ruling.rule })
    this.ruling = ruling
  }
}

/**
 * What must hold before a probe may look even once. `ownEffect`: this very probe is the one with which an action that the
 * owner allows shows its effect, and this agent made its parameters itself; what it contacts needs no line then.
 * @throws ChaosError `not-there` (no such probe), `param-invalid`; `ProbeRefused` with the command that would allow it.
 */
export function checkProbe(
  order: Pick<ProbeOrder, 'probe' | 'params'>,
  policy: Policy,
  wallMs: number,
  ownEffect = false,
): CheckedProbe {
  const probe = findProbe(order.probe)
  if (probe === undefined) {
    const known = probes.map(({ name }) => name).join(', ')
    throw new ChaosError('not-there', `This agent has no probe ${oneLine(order.probe, 64)}; it has ${known}`)
  }
  const parsed = probe.params.safeParse(order.params)
  if (!parsed.success) {
    const text = issuesText(parsed.error, 'the whole')
    throw new ChaosError('param-invalid', `The probe ${probe.name} cannot take these parameters: ${text}.`)
  }
  const about = { kind: 'probe', name: probe.name, harmless: isHarmless(probe.params), wallMs } as const
  const ruling = policy.allows({ ...about, questions: probe.asks(parsed.data) })
  if (!ruling.allowed && !ownEffect) throw new ProbeRefused(ruling)
  const mayRead = (place: string) => policy.allows({ ...about, questions: [{ kind: 'file', value: place }] }).allowed
  return { probe, params: parsed.data, ruling, mayRead }
}
