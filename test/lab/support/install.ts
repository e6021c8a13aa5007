import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { buildAgent } from '../../../scripts/build/index.ts'
import type { LabHost, RunResult } from '../../../scripts/lab/index.ts'

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

/** The agent's executable and its installer, for every host of a lab: see `LabOptions.binds`. */
export async function installationMedia(): Promise<Record<string, string>> {
  return { [(await buildAgent()).executable]: MEDIA.binary, [INSTALLER]: MEDIA.installer }
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
    await builtDigest(),
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
  const program = ['--binary', MEDIA.binary, '--sha256', await builtDigest()]
  return (await host.exec(['sh', MEDIA.installer, ...program])).stdout
}

/** The digest of the built agent, as `pnpm build` prints it. */
async function builtDigest(): Promise<string> {
  const { executable } = await buildAgent()
  return createHash('sha256')
    .update(await readFile(executable))
    .digest('hex')
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
