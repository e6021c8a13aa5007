import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { LabHost } from '../../lab/index.ts'
import { countsOf, struckIn, traced } from '../calls.ts'
import type { Ended, Start } from '../world.ts'

export const AGENT = '/usr/local/bin/chaos-lite-agent'
/** Longer than any budget of a drill here; reached only when something hangs. */
const LONGEST_MS = 120_000
/** An agent whose threads hang while it holds a failure ends itself before this. */
const HANGING_MS = 6_000
const LOOK_EVERY_MS = 5
const LOOK_FOR_HOST_MS = 500

/** Runs the agent as a unit of a real host, under strace where it is to be struck or counted. */
export async function startAgent(host: LabHost, start: Start): Promise<Ended> {
  const { fault, count = false, hasty = false } = start
  const unit = `prove-${randomUUID()}`
  const trace = `/run/${unit}`
  const strace = count ? traced(trace, null) : fault === undefined ? [] : traced(trace, fault)
  const leader = await host.leader()
  const argv = [...host.unitCommand(unit, { UV_THREADPOOL_SIZE: '1' }), ...strace, AGENT, ...start.args]
  const child = spawn('nsenter', [`--target=${leader}`, '--all', '--', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk) => (said[name] += chunk.toString()))
  endWith(leader, child)
  const read = () => readFile(`/proc/${leader}/root${trace}`, 'utf8').catch(() => '')
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const held = fault?.kind === 'kill while held' ? whenHeld(child, said) : null
  const deadline = AbortSignal.timeout(LONGEST_MS)
  let early = false
  if (held !== null) {
    early = await Promise.race([held.then(() => true), ended.then(() => false)])
    if (early && !hasty) await host.enter(['systemctl', 'kill', '--signal=KILL', unit], { check: false })
  } else if (fault !== undefined && hasty) {
    early = await Promise.race([whenStruck(read, fault, deadline), ended.then(() => false)])
  }
  if (fault?.kind === 'freeze' || fault?.kind === 'hang') {
    const look = AbortSignal.timeout(fault.kind === 'hang' ? HANGING_MS : LONGEST_MS)
    const isOver = ended.then(() => true)
    const isLeft = await Promise.race([whenStruck(read, fault, look), isOver.then(() => false)])
    if (isLeft || (fault.kind === 'hang' && !(await Promise.race([isOver, pause(0, false)])))) {
      const goOn = async (): Promise<Ended> => {
        const signal = fault.kind === 'freeze' ? 'CONT' : 'KILL'
        // Also to strace, which holds a call that hangs even in a process that was killed.
        await host.enter(['systemctl', 'kill', `--signal=${signal}`, unit], { check: false })
        const code = await ended
        const struck = fault.kind === 'hang' || struckIn(await read(), fault)
        return { code, ...said, struck, hung: false, counts: null }
      }
      return { code: null, stdout: '', stderr: '', struck: null, hung: false, counts: null, goOn }
    }
  }
  if (early && hasty) return { code: null, ...said, struck: true, hung: false, counts: null }
  const hung = !(await Promise.race([ended.then(() => true), whenOver(deadline)]))
  if (hung) await host.enter(['systemctl', 'kill', '--signal=KILL', unit], { check: false })
  const code = await ended
  const text = strace.length === 0 ? '' : await read()
  const struck = fault === undefined ? null : fault.kind === 'kill while held' ? early : struckIn(text, fault)
  return { code, ...said, struck, hung, counts: count ? countsOf(text) : null }
}

/** A host that goes down stops everybody before it kills them, and then who waits here for one of them would stay stopped. */
function endWith(leader: number, child: ChildProcess): void {
  const look = setInterval(() => {
    if (!existsSync(`/proc/${leader}`)) child.kill('SIGKILL')
  }, LOOK_FOR_HOST_MS)
  child.once('exit', () => clearInterval(look))
}

function whenHeld(child: ChildProcess, said: { stdout: string }): Promise<void> {
  return new Promise((resolve) => {
    child.stdout?.on('data', () => {
      if (/^Started: /m.test(said.stdout)) resolve()
    })
  })
}

/** The moment in which strace says that the fault came: from then on the program makes no further step. */
async function whenStruck(
  read: () => Promise<string>,
  fault: NonNullable<Start['fault']>,
  deadline: AbortSignal,
): Promise<boolean> {
  while (!deadline.aborted) {
    if (struckIn(await read(), fault)) return true
    await pause(LOOK_EVERY_MS)
  }
  return false
}

function whenOver(deadline: AbortSignal): Promise<false> {
  return new Promise((resolve) => deadline.addEventListener('abort', () => resolve(false), { once: true }))
}
