import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { agentVersion } from '@chaos-lite/agent'
import type { Controller } from '@chaos-lite/controller'
import { buildAgent } from '../../build/index.ts'
import { allOnline } from '../../demo/all-online.ts'
import { namespaceArgs } from '../../demo/namespace.ts'
import type { BenchHost } from './definition.ts'

/** The name that is made to lead elsewhere, and where it leads before and after. */
export const names = { name: 'erp.example.test', before: '127.0.8.11', after: '127.0.8.12' } as const

export interface BenchHosts extends AsyncDisposable {
  readonly hosts: readonly { readonly hostId: string; readonly agentPid: number }[]
}

interface Wanted {
  readonly controller: Controller
  readonly folder: string
  readonly count: number
  /** `split`: as under systemd; default: the pid is then that of the part that stays. One process. */
  readonly layout?: BenchHost['layout']
}

const POLICY = `policy: 1
actions: [hosts.override]
names: [${names.name}]
addresses: [${names.before}, ${names.after}]
probeHosts: [127.0.0.1]
holdAtMost: 15m
`

/** Real agents, built into one executable, each in a mount namespace of its own with a private /etc. */
export async function startBenchHosts({
  controller,
  folder,
  count,
  layout = 'one process',
}: Wanted): Promise<BenchHosts> {
  const namespace = await namespaceArgs()
  if (namespace.args === null) throw new Error(`It needs mount namespaces: ${namespace.reason}.`)
  const { executable } = await buildAgent()
  const stack = new AsyncDisposableStack()
  const hosts: { hostId: string; agentPid: number }[] = []
  try {
    for (let number = 1; number <= count; number += 1) {
      const label = `bench-${layout === 'split' ? 'split-' : ''}${number}`
      const file = await describeHost(controller, { folder: join(folder, label), agent: executable, layout }, label)
      const init = fileURLToPath(new URL('host-init.ts', import.meta.url))
      const child = spawn('unshare', [...namespace.args, process.execPath, init, file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      stack.defer(() => stop(child))
      const agentPid = await pidOf(child)
      hosts.push({ hostId: await hostIdOf(controller, label), agentPid })
    }
    await allOnline(controller, count, () => undefined)
    const owned = stack.move()
    return { hosts, [Symbol.asyncDispose]: () => owned.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function describeHost(
  controller: Controller,
  given: Pick<BenchHost, 'folder' | 'agent' | 'layout'>,
  label: string,
): Promise<string> {
  const { folder } = given
  await mkdir(folder, { recursive: true })
  const { clientId } = await controller.store.clients.first()
  const labels = { role: 'bench', host: label }
  const { token } = await controller.context.enrolment.makeToken({
    ...{ clientId, labels, validForMs: 600_000, approve: true, by: 'bench' },
  })
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, token, { mode: 0o600 })
  const host: BenchHost = {
    ...{ ...given, agentVersion, tokenFile, policy: POLICY },
    hosts: `127.0.0.1 localhost\n${names.before} ${names.name}\n`,
    controllerUrl: controller.url,
  }
  const file = join(folder, 'host.json')
  await writeFile(file, JSON.stringify(host))
  return file
}

async function pidOf(child: ChildProcess): Promise<number> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A bench host ended with exit code ${code}.`)
  })
  ended.catch(() => undefined)
  const [said] = await Promise.race([once(child.stdout ?? child, 'data'), ended])
  return Number(String(said).trim())
}

async function hostIdOf({ store }: Controller, label: string): Promise<string> {
  const { clientId } = await store.clients.first()
  const host = (await store.hosts.ofClient(clientId)).find(({ labels }) => labels.host === label)
  if (host === undefined) throw new Error(`The bench host ${label} is not enrolled.`)
  return host.hostId
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}
