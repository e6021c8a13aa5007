import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { ChaosError, formatDuration } from '@chaos-lite/shared'
import { machine, systemName } from '../inventory/index.ts'
import { type Command, ownCommand } from '../program/index.ts'
import {
  isKept,
  isProved,
  KINDS,
  type Kind,
  lookAt,
  PROOF_ACTION,
  PROOF_PARAMS,
  type Proof,
  proofPage,
  runTrial,
  type Trial,
} from '../proof/index.ts'
import { agentVersion } from '../version.ts'
import { type Agent, EXIT, type ExitCode, type Terminal, type World } from '../world.ts'

/** What `prove` is given. `yes`: nobody is asked before the host is changed. */
export interface ProveOptions {
  /** How often the agent is killed at a random moment. */
  readonly kills: number
  readonly yes: boolean
  readonly json: boolean
}

/** Until the first trial has shown how long one takes. */
const FIRST_MS = 2_000

/** Hurts this agent in the middle of a harmless failure on this host, again and again, and writes the page about it. */
export async function prove(
  world: World,
  options: ProveOptions,
  terminal: Terminal,
  command: Command = ownCommand(),
): Promise<ExitCode> {
  await using agent = await world.agent()
  await refuseUnlessIdle(agent)
  // Refused here, with the line that would allow it, unless the host's policy names the failure.
  const request = { action: PROOF_ACTION, params: PROOF_PARAMS, holdMs: 1_000 }
  const { sentences } = await agent.engine.prepare(request)
  const kinds: Kind[] = ['undisturbed', ...Array<Kind>(options.kills).fill('killed'), 'stopped', 'safety timer']
  if (!(await isAgreed(kinds, sentences, agent, options, terminal))) return EXIT.couldNotRun
  const beganWallMs = Date.now()
  const before = await lookAt(agent.host)
  const trials = await runAll(agent, kinds, command, terminal)
  const { hostname, kernel } = machine()
  const proof: Proof = {
    host: hostname,
    simulated: agent.host.platform === 'simulated',
    system: await systemName(),
    kernel,
    agentVersion,
    programDigest: await digestOf(command.at(-1) ?? command[0]),
    failsafe: agent.failsafe.describe(),
    beganWallMs,
    endedWallMs: Date.now(),
    touched: sentences,
    before,
    after: await lookAt(agent.host),
    trials,
    wanted: kinds.length,
  }
  terminal.out(options.json ? JSON.stringify({ ok: isProved(proof), ...proof }) : proofPage(proof))
  return isProved(proof) ? EXIT.ok : EXIT.failed
}

/** @throws ChaosError while anything else is going on: it would be drilled, too */
async function refuseUnlessIdle({ engine }: Agent): Promise<void> {
  const { records, unreadable, halted } = await engine.standings()
  if (records.length + unreadable.length > 0) {
    throw new ChaosError(
      'host-busy',
      'Something is open on this host: see chaos-lite-agent status. Nothing was touched.',
    )
  }
  if (halted) throw new ChaosError('policy-refused', 'This host is halted: lift it first. Nothing was touched.')
}

async function isAgreed(
  kinds: readonly Kind[],
  sentences: readonly string[],
  { failsafe }: Agent,
  { yes, kills }: ProveOptions,
  terminal: Terminal,
): Promise<boolean> {
  // Beside the page, so that standard output holds nothing else.
  terminal.err(
    `Proof on this host: ${kinds.length} trials, about ${formatDuration(Math.ceil((60 + 3 * kills) / 60) * 60_000)}`,
  )
  for (const sentence of sentences) terminal.err(`  - ${sentence}`)
  terminal.err(`  The agent is killed ${kills + 1} times in the middle of it. ${failsafe.describe()}`)
  if (yes) return true
  if (!terminal.interactive) throw new ChaosError('request-invalid', 'Nobody can be asked here: add --yes to go on.')
  if (await terminal.ask('Start it?')) return true
  terminal.err('Nothing was touched.')
  return false
}

async function runAll(
  { host, journal }: Agent,
  kinds: readonly Kind[],
  command: Command,
  terminal: Terminal,
): Promise<Trial[]> {
  const trials: Trial[] = []
  let durationMs = FIRST_MS
  for (const kind of kinds) {
    if (terminal.stop.aborted) break
    const began = performance.now()
    const trial = await runTrial({ host, journal, command, stop: terminal.stop }, kind, durationMs)
    trials.push(trial)
    if (kind === 'undisturbed') durationMs = performance.now() - began
    terminal.err(`${trials.length}/${kinds.length} ${KINDS[kind]}: ${isKept(trial) ? 'as before' : 'NOT as before'}`)
    // On a host that was not restored nothing more is tried.
    if (!isKept(trial)) break
  }
  return trials
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
