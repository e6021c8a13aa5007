// The real controller in a process of its own, with a long run in its store. Usage: server FOLDER DRILLS HOSTS FACTS.
import { startController } from '@chaos-lite/controller'
import { addLongRun } from '../../../packages/controller/test/support/long-run.ts'
import { watchTurns } from './turns.ts'

const [folder = '', drillsFolder = '', hosts = '1', facts = '1'] = process.argv.slice(2)
const controller = await startController({ dataFolder: folder, drillsFolder, port: 0, logLevel: 'warn' })
const { store, context } = controller
// What begins runs as well as reading them; nothing else of the controller does it without hosts.
const book = context.runBook as unknown as Parameters<typeof addLongRun>[1]
const runId = await addLongRun(store, book, { hosts: Number(hosts), factsPerHost: Number(facts) })
const admin = await store.users.byName('admin')
if (admin === null) throw new Error('There is no administrator.')
const token = await context.auth.makeToken(await store.users.setPassword(admin.userId, 'no password'))
const holds = watchTurns()
// Asked for on a channel beside the controller: the answer is no request.
process.on('message', () => process.send?.(holds()))
process.stdout.write(`${JSON.stringify({ url: controller.url, token, runId })}\n`)
process.on('SIGTERM', () => void controller[Symbol.asyncDispose]().then(() => process.exit(0)))
