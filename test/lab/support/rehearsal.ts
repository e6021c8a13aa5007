import { expect } from 'vitest'
import { type LabHost, until } from '../../../scripts/lab/index.ts'
import { agentCommand } from './install.ts'

const AGENT = '/usr/local/bin/chaos-lite-agent'
const UNIT = 'rehearsal.service'

/** What `rehearse --json` prints. */
export type Rehearsed = {
  exitCode: number
  ok: boolean
  effect?: string
  restoration?: string
  code?: string
  reason: string | null
  rule?: string | null
}

const request = (action: string, params: object, hold: string) =>
  ['rehearse', action, '--with', JSON.stringify(params), '--hold', hold, '--yes', '--json'] as const

/** One rehearsal from beginning to end. */
export async function rehearse(host: LabHost, action: string, params: object, hold = '1s'): Promise<Rehearsed> {
  const { code, stdout, stderr } = await agentCommand(host, request(action, params, hold))
  const last = stdout.trim().split('\n').at(-1) ?? ''
  if (!last.startsWith('{')) throw new Error(`rehearse ${action} printed no JSON: ${stdout}${stderr}`)
  return { ...(JSON.parse(last) as Omit<Rehearsed, 'exitCode'>), exitCode: code }
}

/** Begins one as a unit of its own that nobody waits for; returns as soon as the failure is in place. */
export async function beginRehearsal(host: LabHost, action: string, params: object): Promise<void> {
  const run = ['systemd-run', '--quiet', '--collect', `--unit=${UNIT}`, '--', AGENT]
  await host.enter([...run, ...request(action, params, '10m')])
  await until(`${action} is in place`, async () => {
    const states = await openStates(host)
    return states.length === 1 && states[0] === 'injected'
  })
}

/** Kills it as the kernel would when memory runs out. */
export async function killRehearsal(host: LabHost): Promise<void> {
  await host.enter(['systemctl', 'kill', '--signal=KILL', UNIT])
}

/** The agent's own service may come first, as it does on a host where nobody types anything: then nothing is left to do. */
export async function revertIdentical(host: LabHost): Promise<void> {
  const { code, stdout } = await agentCommand(host, ['revert', '--all', '--json'])
  const { outcomes, ...rest } = JSON.parse(stdout) as { ok: boolean; open: number; outcomes: { restoration: string }[] }
  expect({ code, ok: rest.ok, open: rest.open }).toEqual({ code: 0, ok: true, open: 0 })
  expect(outcomes.map(({ restoration }) => restoration)).toEqual(outcomes.map(() => 'identical'))
}

/** Waits until the journal is empty and the rehearsal's own unit is gone. */
export async function putBack(host: LabHost): Promise<void> {
  const units = ['systemctl', 'list-units', '--all', '--no-legend', UNIT, 'chaos-lite-failsafe*']
  await until('the host is as it was', async () => {
    if ((await openStates(host)).length > 0) return false
    return (await host.enter(units)).stdout.trim() === ''
  })
}

async function openStates(host: LabHost): Promise<string[]> {
  const { stdout } = await host.enter([AGENT, 'status', '--json'], { check: false })
  if (!stdout.startsWith('{')) throw new Error(`status printed no JSON: ${stdout}`)
  return (JSON.parse(stdout) as { open: { state: string }[] }).open.map(({ state }) => state)
}
