import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The workspace, wherever it lies. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const dist = join(root, 'dist')

/** Systems that an executable can be made for: those whose Node.js comes as an npm package. */
export const targets = ['linux-x64', 'linux-arm64', 'win-x64'] as const
export type Target = (typeof targets)[number]

/** This machine's own, or null where there is none. */
export function ownTarget(): Target | null {
  const name = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  return targets.find((target) => target === name) ?? null
}

/** The Node.js of a target, as its npm package brings it. */
export function nodeOf(target: Target): string {
  return join(root, 'node_modules', `node-${target}`, 'bin', target === 'win-x64' ? 'node.exe' : 'node')
}

/** Where the finished executable of a target lies. */
export function executableOf(target: Target): string {
  return join(dist, 'agent', target, target === 'win-x64' ? 'chaos-lite-agent.exe' : 'chaos-lite-agent')
}

/** The digest of an executable, beside it, as `sha256sum --check` takes it. */
export function digestFileOf(executable: string): string {
  return `${executable}.sha256`
}
