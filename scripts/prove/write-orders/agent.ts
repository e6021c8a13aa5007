import { fileURLToPath } from 'node:url'
import type { Bundles } from '../namespace/bundles.ts'
import type { Agent } from './story.ts'

const preload = fileURLToPath(new URL('unsynced.cjs', import.meta.url))

export const LEFT_OUT = ['files', 'folders'] as const
/** A control experiment: the agent never syncs its files, or never its folders. Then something must break. */
export type LeftOut = (typeof LEFT_OUT)[number]

/** How the agent's program is started on recorded disks. */
export function agentOf(bundles: Bundles, leftOut: LeftOut | null = null): Agent {
  const control = leftOut === null ? {} : { NODE_OPTIONS: `--require=${preload}`, UNSYNCED: leftOut }
  // Without a zone Node.js looks through all of the machine's.
  return { argv: [process.execPath, bundles.current], env: { PATH: process.env.PATH, TZ: 'UTC', ...control } }
}
