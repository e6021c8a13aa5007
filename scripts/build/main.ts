import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { buildAgents, buildDashboard } from './index.ts'
import { root } from './places.ts'

/** `pnpm build`: the agent's executables, with the digest that the installer asks for, and the dashboard's files, below `dist/`. */
const say = (path: string, fresh: boolean) =>
  console.log(`${fresh ? 'built    ' : 'unchanged'} ${relative(root, path)}`)

for (const { executable, fresh } of await buildAgents()) {
  say(executable, fresh)
  console.log(`          sha256 ${await sha256Of(executable)}`)
}
const dashboard = await buildDashboard()
if (dashboard) say(dashboard.folder, dashboard.fresh)
else console.log('left out  dashboard: packages/dashboard/vite.config.ts is missing')

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
