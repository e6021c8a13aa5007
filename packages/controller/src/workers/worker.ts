// One thread that computes what `WorkPool` gives it, one job after another.
import { parentPort } from 'node:worker_threads'
import { ChaosError, type Menu, sentenceOf } from '@chaos-lite/shared'
import { type FromWorker, type TaskName, type ToWorker, tasks } from './tasks.ts'

if (parentPort === null) throw new Error('This file is the worker of a controller; it is not run by itself.')
const port = parentPort
let menu: Menu | null = null

port.on('message', (message: ToWorker) => {
  if (message.type === 'menu') menu = message.menu
  else say(done(message.task, message.input))
})
say({ type: 'ready' })

function done(task: TaskName, input: unknown): FromWorker {
  try {
    const run = tasks[task] as (input: unknown, menu: Menu | null) => unknown
    return { type: 'done', result: run(input, menu) }
  } catch (error) {
    return { type: 'failed', code: error instanceof ChaosError ? error.code : null, message: sentenceOf(error) }
  }
}

function say(message: FromWorker): void {
  port.postMessage(message)
}
