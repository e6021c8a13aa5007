import { relative } from 'node:path'
import { buildAgents, buildDashboard } from './index.ts'
import { root } from './places.ts'

/** `pnpm build`: the agent's executables and the dashboard's files, below `dist/`. */
const say = (path: string, fresh: boolean) =>
  console.log(`${fresh ? 'built    ' : 'unchanged'} ${relative(root, path)}`)

for (const { executable, fresh } of await buildAgents()) say(executable, fresh)
const dashboard = await buildDashboard()
if (dashboard) say(dashboard.folder, dashboard.fresh)
else console.log('left out  dashboard: packages/dashboard/vite.config.ts is missing')
