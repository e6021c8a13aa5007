import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sentenceOf } from '@chaos-lite/shared'
import type { Lookers } from './child/index.ts'
import type { LocalDefinitions } from './definitions/index.ts'
import { createEngine, watchThreads } from './engine/index.ts'
import type { Failsafe } from './failsafe/index.ts'
import { systemdFailsafe, watchdogFailsafe } from './failsafe/index.ts'
import type { Host, OwnThings } from './host/index.ts'
import { openJournal } from './journal/index.ts'
import type { LiveAgent } from './live-agent.ts'
import { kernelLocker } from './lock/index.ts'
import { commandLog, type Log, serviceLog } from './log.ts'
import { createOutbox } from './outbox/index.ts'
import { type Paths, pathsUnder } from './paths.ts'
import type { HostPolicy } from './policy-file/index.ts'
import type { Apart } from './probes/index.ts'
import { dropOldCopies, keepExecutable } from './program/index.ts'
import { writeFile } from './small-files/index.ts'
import { agentVersion } from './version.ts'
import { EXIT, type Terminal, type World } from './world.ts'

/**
 * The one place that chooses implementations. Each is loaded when a command needs it: the watchdog and `revert` start
 * without the probes, the link and the policy. `root` stands for `/` on demo hosts and in tests; empty: this machine.
 */
export function composeWorld(terminal: Terminal, root = process.env.CHAOS_LITE_ROOT ?? ''): World {
  const paths = pathsUnder(root)
  let log = commandLog(terminal)
  let isService = false
  const policy = () => policyOf(paths)
  const local = () => localOf(paths)
  const agent = () =>
    composeAgent({
      ...{ paths, root, policy, log: (level, message) => log(level, message) },
      onNews: () => (isService ? Promise.resolve() : ring(paths.bell)),
      forOwner: () => !isService,
    })
  return {
    paths,
    // Folders of a demo are those of whoever started it.
    lacksRoot: root === '' && process.geteuid?.() !== 0,
    agent,
    policy,
    local,
    apart,
    async becomeService() {
      log = await serviceLog()
      isService = true
    },
    async service(agent, layout) {
      const { composeService } = await import('./compose-service.ts')
      const { records, unreadable } = await agent.journal.list()
      if (records.length + unreadable.length === 0) await dropOldCopies(binFolder(paths), agentVersion)
      return composeService({ paths, layout, agent: agent as LiveAgent, policy, local: await local(), apart, log })
    },
    async doctor({ json }, terminal) {
      const [{ doctor, printReport }, menu] = await Promise.all([import('./doctor/index.ts'), import('./menu.ts')])
      const { readIdentity } = await import('./identity/index.ts')
      await using host = await agent()
      const report = await doctor({
        ...host,
        paths,
        policy: await policy(),
        local: await local(),
        catalogue: menu,
        identity: () => readIdentity(paths.identity),
        locker: kernelLocker(paths.lock),
        systemd: hasSystemd(root),
      })
      terminal.out(json ? JSON.stringify(report) : printReport(report).trimEnd())
      return report.exitCode === 0 ? EXIT.ok : EXIT.failed
    },
    async enrol(given, terminal) {
      const { enrolFromCommand } = await import('./identity/index.ts')
      const done = await enrolFromCommand({ ...given, identityFile: paths.identity })
      await ring(paths.bell)
      terminal.out(`Enrolled as ${done.hostId} at ${given.controllerUrl}.`)
      if (!done.approved) terminal.out('An administrator must approve this host before it takes part in drills.')
      return EXIT.ok
    },
  }
}

async function policyOf(paths: Paths): Promise<HostPolicy> {
  const [{ loadPolicy }, { actions, exercises }] = await Promise.all([
    import('./policy-file/index.ts'),
    import('./menu.ts'),
  ])
  const known = { actions: actions.map(({ name }) => name), exercises: exercises.map(({ name }) => name) }
  return loadPolicy(paths.policy, { own: await ownThings(paths), known })
}

async function localOf(paths: Paths): Promise<LocalDefinitions> {
  return (await import('./definitions/local-definitions.ts')).localDefinitions(paths)
}

/** In children of this agent, which are started with the first such look. */
const apart: Apart = async (probe, params, signal) => {
  lookers ??= new (await import('./child/lookers.ts')).Lookers()
  return lookers.look(probe, params, signal)
}
let lookers: Lookers | null = null

/** What a child process needs to look with a probe. */
export async function placeOfProbes(root = process.env.CHAOS_LITE_ROOT ?? '') {
  const paths = pathsUnder(root)
  const host = await pickHost(root, await ownThings(paths))
  return { host, local: await localOf(paths), policy: () => policyOf(paths) }
}

/** What no drill may touch. Never throws: a revert needs no identity. */
async function ownThings(paths: Paths): Promise<OwnThings> {
  const { readControllerUrl } = await import('./identity/index.ts')
  const controllerUrl = await readControllerUrl(paths.identity).catch(() => null)
  const own = [paths.config, paths.state, paths.runtime]
  if (controllerUrl === null) return { paths: own, names: [] }
  const { linkEnds } = await import('./link/link-ends.ts')
  const { hostname } = new URL(controllerUrl)
  return { paths: own, names: [hostname], links: linkEnds(controllerUrl) }
}

async function composeAgent(place: {
  readonly paths: Paths
  readonly root: string
  readonly log: Log
  readonly policy: () => Promise<HostPolicy>
  /** This process has left facts for the controller, or has changed the journal. */
  readonly onNews: () => Promise<void>
  readonly forOwner: () => boolean
}): Promise<LiveAgent> {
  const { paths, root, log, policy, forOwner } = place
  const { actions } = await import('./actions/index.ts')
  const host = await pickHost(root, await ownThings(paths))
  const journal = openJournal(paths.journal, () => host.clock.wallMs())
  const failsafe = pickFailsafe(host, paths, root)
  const outbox = createOutbox({ folder: paths.outbox, clock: host.clock })
  const engine = createEngine({
    host,
    actions,
    journal,
    failsafe,
    policy,
    forOwner,
    warn: (message, cause) => log('warn', `${message}: ${sentenceOf(cause)}`),
    locker: kernelLocker(paths.lock, (await import('./host/linux/lock-holder.ts')).linuxLockHolders),
    reporter: outbox,
    haltFile: paths.haltFile,
    scratch: paths.scratch,
    endExercises: async (recordId) =>
      (await import('./exercises/child/running.ts')).endExercises(paths.running, { recordId }),
  })
  const heartbeat = watchThreads({
    path: paths.state,
    isBusy: () => engine.isBusy,
    onDead(reason) {
      log('error', `The agent ends itself, so that another process rolls back: ${reason}.`)
      // Not by exit: whatever hangs would be waited for. The service rolls back what is open, then it is started again.
      setImmediate(() => process.kill(process.pid, 'SIGKILL'))
    },
  })
  let hasNews = false
  outbox.onReported(() => (hasNews = true))
  engine.onChange(() => (hasNews = true))
  return {
    host,
    engine,
    journal,
    failsafe,
    outbox,
    async [Symbol.asyncDispose]() {
      heartbeat[Symbol.dispose]()
      await engine[Symbol.asyncDispose]()
      await outbox.close()
      if (hasNews) await place.onNews()
    },
  }
}

/**
 * This machine; or, for a demo where no namespaces are allowed, a simulated host that touches nothing but the folder
 * `root`. The inventory says so, and its runs are never evidence.
 */
async function pickHost(root: string, own: OwnThings): Promise<Host> {
  const { linuxHost } = await import('./host/linux/index.ts')
  const host = linuxHost({ own, sharesNetwork: root !== '' })
  if (process.env.CHAOS_LITE_SIMULATED !== 'yes' || root === '') return host
  const { simulatedHost } = await import('./host/simulated/index.ts')
  // Its services are real child processes of the demo, so that probes have something to see.
  return { ...simulatedHost({ root, own }), clock: host.clock, services: host.services }
}

/** Wakes the part that sends. Where nobody listens, or nothing can be written, the facts wait for the next occasion. */
async function ring(bell: string): Promise<void> {
  await writeFile(bell, `${Date.now()}\n`, { mode: 0o644 }).catch(() => {})
}

function binFolder(paths: Paths): string {
  return join(paths.state, 'bin')
}

/** systemd where it runs, with the boot unit that the installer enabled; a watchdog on demo hosts and without systemd. */
function pickFailsafe(host: Host, paths: Paths, root: string): Failsafe {
  // Looked at each time: an update may have taken the copy away while the journal was empty.
  const command = () => keepExecutable(binFolder(paths), agentVersion)
  return hasSystemd(root) ? systemdFailsafe({ host, command }) : watchdogFailsafe(command)
}

/** The test of sd_booted(3). A host that was moved under a root has no units of its own. */
function hasSystemd(root: string): boolean {
  return root === '' && existsSync('/run/systemd/system')
}
