export { type BuiltAgent, buildAgent, buildAgents } from './agent.ts'
export { buildDashboard } from './dashboard.ts'
export { executableOf, type Target, targets } from './places.ts'
