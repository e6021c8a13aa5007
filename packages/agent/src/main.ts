#!/usr/bin/env node
const args = process.argv.slice(2)

/*
 * What waits is loaded for itself alone, before anything else: the relay is all that runs on an idle host, and a
 * watchdog stands beside every failure. A load is a process of its own, so that its end is its undoing.
 */
if (args.length === 1 && args[0] === 'link') void import('./relay/main.ts').then(({ relayMain }) => relayMain())
else if (args.length === 1 && args[0] === 'compare-databases')
  void import('./backups/sqlite/child.ts').then((it) => it.compareDatabasesMain())
else if (args.length === 1 && args[0] === 'exercise')
  void import('./exercises/child/coordinator.ts').then((it) => it.exerciseMain())
else if (args.length === 1 && args[0] === 'exercise-work')
  void import('./exercises/box/worker.ts').then((it) => it.exerciseWorkMain())
else if (args.length === 2 && args[0] === 'exercise-box')
  void import('./exercises/box/enter.ts').then((it) => it.enterBox(args[1] ?? ''))
else if (args.length === 1 && args[0] === 'watchdog') void import('./watchdog-main.ts').then((it) => it.watchdogMain())
else if (args.length === 1 && args[0] === 'load') void import('./load/main.ts').then(({ loadMain }) => loadMain())
else {
  // A reserve, before the first thread is made: reads that hang leave threads to mark and to roll back with.
  process.env.UV_THREADPOOL_SIZE ??= '8'
  void import('./cli/main.ts').then(({ main }) => main(args))
}
