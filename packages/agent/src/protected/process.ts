import { basename } from 'node:path'
import type { ProcessView } from '../host/index.ts'
import { ruleOfProgram } from './programs.ts'
import { refusal, refuseProtectedService } from './protections.ts'

/** Refuses a name that no policy can open. Each refusal is `policy-refused` with the built-in rule as its rule. */
export function refuseProtectedProgram(name: string): void {
  if (name === '') return
  refuseProtectedService(name)
  const rule = ruleOfProgram(name)
  if (rule !== null) throw refusal(rule, `${name} belongs to ${rule}: it is protected on every host.`)
}

/** As above, with all that is known of a process: one that was started under another name is still what it is. */
export function refuseProtectedProcess({ pid, name, program, units, kernel, own }: ProcessView): void {
  const who = `Process ${pid} (${name})`
  if (pid === 1) throw refusal('the core of the system', `${who} is the first process of the host.`)
  if (kernel) throw refusal('the kernel', `${who} is a thread of the kernel.`)
  if (own) throw refusal('the agent itself', `${who} is the agent, or belongs to how it was started.`)
  refuseProtectedProgram(name)
  const rule = ruleOfProgram(program)
  if (rule !== null) throw refusal(rule, `${who} runs ${program}, which belongs to ${rule}.`)
  // While its file is replaced by an update, the kernel says so behind the name.
  refuseProtectedProgram(basename(program.replace(/ \(deleted\)$/, '')))
  const unit = units.at(-1)
  if (unit !== undefined && !unit.startsWith('session-')) refuseProtectedService(unit)
}
