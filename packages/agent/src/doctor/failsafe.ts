import { sentenceOf } from '@chaos-lite/shared'
import type { Failsafe } from '../failsafe/index.ts'
import type { Host } from '../host/index.ts'
import type { Journal } from '../journal/index.ts'
import { answersTo, type Finding } from './findings.ts'

/** Could a failure be armed now? Tried, with nothing to roll back. */
export async function lookAtFailsafe(failsafe: Failsafe | undefined): Promise<Finding[]> {
  const { good, note, bad } = answersTo('a safety timer, started and stopped for trial')
  if (failsafe?.check === undefined) return [bad('safety timer', 'there is none', 'run install-agent.sh, as root')]
  try {
    const tried = await failsafe.check()
    if (failsafe.survives === 'reboot') return [good('safety timer', tried)]
    const text = `${tried}. It does not survive a restart of the machine: what is in place then stays until the agent starts again`
    const remedy =
      'where systemd runs, install the agent with install-agent.sh; elsewhere start "chaos-lite-agent run" at boot: it rolls back first'
    return [note('safety timer', text, remedy)]
  } catch (thrown) {
    return [bad('safety timer', sentenceOf(thrown), 'run install-agent.sh again, as root')]
  }
}

/** Each record that is open has a timer of the system; without one only the agent itself ends the failure. */
export async function lookAtTimers(host: Pick<Host, 'run'>, journal: Pick<Journal, 'list'>): Promise<Finding[]> {
  const { records } = await journal.list()
  const armed = records.filter(({ state }) => state !== 'stuck')
  const found: Finding[] = []
  for (const { head } of armed) {
    const timer = `chaos-lite-failsafe-${head.recordId}.timer`
    const { good, bad } = answersTo(`systemctl is-active ${timer}`)
    const { stdout } = await host.run(['systemctl', 'is-active', timer], { timeoutMs: 10_000 })
    const state = stdout.trim() || 'not there'
    if (state === 'active') found.push(good('safety timer', `${timer} is active: it rolls ${head.action} back in time`))
    else found.push(bad('safety timer', `${timer} of ${head.action} is ${state}`, 'chaos-lite-agent revert --all'))
  }
  return found
}
