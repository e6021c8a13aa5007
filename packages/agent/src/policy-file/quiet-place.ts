import { Worker } from 'node:worker_threads'

/** A path that has no answer by then leads to a file system that does not answer. */
const PATIENCE_MS = 2_000
/** Threads that wait for such a file system are left behind; after so many nothing is asked for a while. */
const MOST_LEFT = 4
const LATER_MS = 60_000
const ANSWER_BYTES = 16 * 1024

/** As text: the agent is one file, and a thread needs a program of its own. Answers what `realpath` or `lstat` say. */
const thread = `
const { parentPort, workerData } = require('node:worker_threads')
const { realpathSync, lstatSync } = require('node:fs')
const [bell, room] = [new Int32Array(workerData.bell), Buffer.from(workerData.room)]
parentPort.on('message', ({ turn, ask, path }) => {
  let answer
  try {
    answer = { value: ask === 'real' ? realpathSync(path) : (lstatSync(path), '') }
  } catch (error) {
    answer = { code: String(error.code) }
  }
  const bytes = room.write(JSON.stringify(answer))
  Atomics.store(bell, 1, bytes)
  Atomics.store(bell, 0, turn)
  Atomics.notify(bell, 0)
})
`

interface Asker {
  readonly worker: Worker
  readonly bell: Int32Array
  readonly room: Buffer
}

let asker: Asker | null = null
let turn = 0
let left = 0
let againMs = 0

/**
 * Asks about a path in a thread of its own, and waits for the answer, but not for a file system that does not answer: this
 * thread, on which everything turns, must never wait there. Whoever waits is left behind. @throws Error with `code`, as of `fs`
 */
export function askAside(ask: 'real' | 'there', path: string): string {
  if (left >= MOST_LEFT) {
    if (performance.now() < againMs) throw silent(path)
    left = 0
  }
  asker ??= start()
  const { worker, bell, room } = asker
  turn += 1
  const before = Atomics.load(bell, 0)
  worker.postMessage({ turn, ask, path })
  if (Atomics.wait(bell, 0, before, PATIENCE_MS) === 'timed-out' && Atomics.load(bell, 0) !== turn) {
    asker = null
    left += 1
    againMs = performance.now() + LATER_MS
    throw silent(path)
  }
  const answer = JSON.parse(room.toString('utf8', 0, Atomics.load(bell, 1))) as { value?: string; code?: string }
  if (answer.value !== undefined) return answer.value
  throw Object.assign(new Error(`${path}: ${answer.code}`), { code: answer.code })
}

function start(): Asker {
  const [bell, room] = [new SharedArrayBuffer(8), new SharedArrayBuffer(ANSWER_BYTES)]
  const worker = new Worker(thread, { eval: true, workerData: { bell, room } })
  worker.unref()
  return { worker, bell: new Int32Array(bell), room: Buffer.from(room) }
}

function silent(path: string): Error {
  return Object.assign(new Error(`${path} does not answer`), { code: 'ETIMEDOUT' })
}
