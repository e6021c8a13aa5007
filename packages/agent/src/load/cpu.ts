import { Worker } from 'node:worker_threads'

/** Short, so that the load is even; long enough for a share to be met. */
const periodMs = 100

/** One thread for each core. As text: the agent is one file, and a thread needs a program of its own. */
const thread = `
const { workerData: { busyMs, idleMs } } = require('node:worker_threads')
const bell = new Int32Array(new SharedArrayBuffer(4))
for (;;) {
  const until = performance.now() + busyMs
  while (performance.now() < until);
  if (idleMs > 0) Atomics.wait(bell, 0, 0, idleMs)
}
`

/** Keeps each of `cores` busy for `percent` of the time. New threads have the priority of the one that starts them. */
export function loadCpu({ cores, percent }: { readonly cores: number; readonly percent: number }): void {
  const busyMs = (periodMs * percent) / 100
  const workerData = { busyMs, idleMs: periodMs - busyMs }
  for (let core = 0; core < cores; core += 1) new Worker(thread, { eval: true, workerData })
}
