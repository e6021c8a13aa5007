import { relative } from 'node:path'
import { sha256Of } from './executable.ts'
import { buildAgents, buildDashboard } from './index.ts'
import { root } from './places.ts'

/** `npm run build`: the agent's executables, with the digest that the installer asks for, and the dashboard's files, below `dist/`. */
const say = (path: string, fresh: boolean) =>
  console.log(`${fresh ? 'built    ' : 'unchanged'} ${relative(root, path)}`)

for (const { executable, fresh } of await buildAgents()) {
  say(executable, fresh)
  console.log(`          sha256 ${await sha256Of(executable)}`)
}
const dashboard = await buildDashboard()
if (dashboard) say(dashboard.folder, dashboard.fresh)
else console.log('left out  dashboard: packages/dashboard/vite.config.ts is missing')
