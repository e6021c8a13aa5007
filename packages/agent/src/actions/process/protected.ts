import { basename } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { ProcessView } from '../../host/host.ts'
import { refuseProtectedService } from '../protections.ts'

/** Programs whose name is not that of their service. */
const protectedPrograms: readonly { readonly rule: string; readonly names: readonly string[] }[] = [
  {
    rule: 'the core of the system',
    names: ['systemd', 'init', 'runit', 's6-svscan', 'agetty', 'getty', 'login', 'polkitd'],
  },
  { rule: 'the core of the system', names: ['(sd-pam)', 'journald', 'udevd', 'rsyslogd', 'watchdog', 'multipathd'] },
  { rule: 'the network of the host', names: ['dhclient', 'dhcpcd', 'udhcpc', 'pppd', 'wpa_supplicant', 'openvpn'] },
  {
    rule: 'security software',
    names: ['clamd', 'freshclam', 'fail2ban-server', 'auditd', 'osqueryd', 'wdavdaemon', 'ossec-agentd', 'suricata'],
  },
]

/** Refuses a name that no policy can open. Each refusal is `policy-refused` with the built-in rule as its rule. */
export function refuseProtectedProgram(name: string): void {
  if (name === '') return
  refuseProtectedService(name)
  const met = protectedPrograms.find(({ names }) => names.includes(name))
  if (met) throw refusal(met.rule, `${name} belongs to ${met.rule}: it is protected on every host.`)
}

/** As above, with all that is known of a process: one that was started under another name is still what it is. */
export function refuseProtectedProcess({ pid, name, program, units, kernel, own }: ProcessView): void {
  const who = `Process ${pid} (${name})`
  if (pid === 1) throw refusal('the core of the system', `${who} is the first process of the host.`)
  if (kernel) throw refusal('the kernel', `${who} is a thread of the kernel.`)
  if (own) throw refusal('the agent itself', `${who} is the agent, or belongs to how it was started.`)
  refuseProtectedProgram(name)
  // While its file is replaced by an update, the kernel says so behind the name.
  refuseProtectedProgram(basename(program.replace(/ \(deleted\)$/, '')))
  const unit = units.at(-1)
  if (unit !== undefined && !unit.startsWith('session-')) refuseProtectedService(unit)
}

function refusal(rule: string, message: string): ChaosError {
  return new ChaosError('policy-refused', `${message} No policy can allow it.`, { rule: `built-in: ${rule}` })
}
