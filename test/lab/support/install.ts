import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { buildAgent } from '../../../scripts/build/index.ts'
import type { LabHost, RunResult } from '../../../scripts/lab/index.ts'

/** Names the executable that is current, for processes that a suite starts. */
export const BUILT = 'CHAOS_LITE_BUILT_AGENT'
const INSTALLER = fileURLToPath(new URL('../../../scripts/install-agent.sh', import.meta.url))
/** Where hosts see what the administrator has brought along. */
const MEDIA = { installer: '/mnt/install-agent.sh', binary: '/mnt/chaos-lite-agent' }

/** What the owner of a host writes, and the labels that it is enrolled with. */
export type Member = {
  labels?: Record<string, string>
  /** `policy.yaml`; without one, the installer's starter that allows nothing. */
  policy?: string
  /** `credentials.yaml` and `repositories.yaml`. */
  credentials?: string
  repositories?: string
}

let media: Promise<{ executable: string; sha256: string }> | undefined

/** The agent that all tests of a process install; the suite has built it before, where one runs (`build-once.ts`). */
function built(): Promise<{ executable: string; sha256: string }> {
  media ??= (async () => {
    const executable = process.env[BUILT] ?? (await buildAgent()).executable
    const digest = createHash('sha256').update(await readFile(executable))
    return { executable, sha256: digest.digest('hex') }
  })()
  return media
}

/** The agent's executable and its installer, for every host of a lab: see `LabOptions.binds`. */
export async function installationMedia(): Promise<Record<string, string>> {
  return { [(await built()).executable]: MEDIA.binary, [INSTALLER]: MEDIA.installer }
}

/** Installs the agent as users do: policy and definitions at hand, the token (and the authority in it) on standard input. */
export async function installAgent(
  host: LabHost,
  member: Member,
  controller: { url: string; token: string; caFile: string | null },
): Promise<void> {
  if (controller.caFile !== null) await host.copyIn(controller.caFile, '/root/ca.crt')
  const own = await writeOwn(host, member)
  const labels = Object.entries(member.labels ?? {}).map((label) => label.join('='))
  const authority = controller.caFile === null ? [] : ['--ca', '/root/ca.crt']
  const where = [
    '--binary',
    MEDIA.binary,
    '--sha256',
    (await built()).sha256,
    '--controller',
    controller.url,
    ...authority,
    '--token-file',
    '-',
  ]
  const who = labels.length === 0 ? [] : ['--labels', labels.join(',')]
  await host.exec(['sh', MEDIA.installer, ...where, ...who, ...own], { input: controller.token })
}

/** Runs the installer again on a host that has the agent: the same program, nothing else. Returns what it says. */
export async function installAgain(host: LabHost): Promise<string> {
  const program = ['--binary', MEDIA.binary, '--sha256', (await built()).sha256]
  return (await host.exec(['sh', MEDIA.installer, ...program])).stdout
}

async function writeOwn(host: LabHost, { policy, credentials, repositories }: Member): Promise<string[]> {
  if (credentials !== undefined) await host.writeFile('/etc/chaos-lite/credentials.yaml', credentials, 0o600)
  if (repositories !== undefined) await host.writeFile('/etc/chaos-lite/repositories.yaml', repositories, 0o600)
  if (policy === undefined) return []
  await host.writeFile('/root/policy.yaml', policy)
  return ['--policy', '/root/policy.yaml']
}

/** Runs the agent's command line on the host, as a unit of it. A non-zero exit code is an answer. */
export async function agentCommand(host: LabHost, args: readonly string[]): Promise<RunResult> {
  return await host.exec(['/usr/local/bin/chaos-lite-agent', ...args], { check: false })
}
