import { stat } from 'node:fs/promises'
import { bundleAgent } from './bundle.ts'
import { makeExecutable } from './executable.ts'
import { executableOf, nodeOf, ownTarget, type Target, targets } from './places.ts'

export interface BuiltAgent {
  readonly target: Target
  /** The one file that a host needs. */
  readonly executable: string
  /** False: it was there already, made from the same sources. */
  readonly fresh: boolean
}

/** Builds the agent's executable for one system; default: for this machine. Quick when nothing changed. */
export async function buildAgent(target: Target | null = ownTarget()): Promise<BuiltAgent> {
  if (target === null) throw new Error(`No agent can be built for ${process.platform} ${process.arch}.`)
  const fresh = await makeExecutable(await bundleAgent(), target)
  return { target, executable: executableOf(target), fresh }
}

/** Builds it for every system whose Node.js is installed in this workspace. */
export async function buildAgents(): Promise<readonly BuiltAgent[]> {
  const bundle = await bundleAgent()
  const built: BuiltAgent[] = []
  for (const target of targets) {
    if (!(await stat(nodeOf(target)).catch(() => null))) continue
    built.push({ target, executable: executableOf(target), fresh: await makeExecutable(bundle, target) })
  }
  return built
}
