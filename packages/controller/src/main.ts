#!/usr/bin/env node
import { sentenceOf } from '@chaos-lite/shared'
import { listensText } from './address.ts'
import { backUpCommand, restoreCommand } from './backup/index.ts'
import { type ControllerOptions, DEFAULT_HOST } from './options.ts'
import { makeControllerProgram } from './program.ts'
import { startController } from './start-controller.ts'

// Nothing that is written here is for other users of this machine.
process.umask(0o077)
await makeControllerProgram({
  run,
  backUp: (dataFolder, destination) => print(() => backUpCommand(dataFolder, destination)),
  restore: (backup, dataFolder, options) => print(() => restoreCommand(backup, dataFolder, options)),
}).parseAsync()

/** Prints what a command answers, or one sentence and exit code 2. */
function print(work: () => string): void {
  try {
    process.stdout.write(work())
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exitCode = 2
  }
}

async function run(options: ControllerOptions): Promise<void> {
  try {
    const controller = await startController(options)
    // Before the first line: whoever reads it may send a signal at once.
    stopOn('SIGTERM', controller)
    stopOn('SIGINT', controller)
    const { url, context } = controller
    const where = listensText(options.host ?? DEFAULT_HOST, { url, publicUrl: context.address.publicUrl })
    process.stdout.write(`Chaos Lite listens on ${where}\n`)
    if (controller.caFile !== null) {
      process.stdout.write(
        `Its certificate is of its own authority, ${controller.caFile}: agents get it with their token, "chaos-lite login --ca-file" takes it.\n`,
      )
    }
    if (controller.firstPassword !== null) {
      process.stdout.write(
        `First log-in: user admin, password ${controller.firstPassword} (works until you set your own)\n`,
      )
    }
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exitCode = 2
  }
}

/** Stops gently, once. A second signal ends the process at once: hosts roll themselves back either way. */
function stopOn(signal: NodeJS.Signals, controller: AsyncDisposable): void {
  process.once(signal, () => {
    process.once(signal, () => process.exit(1))
    // Runs under way may wait for minutes; they are taken up at the next start.
    Promise.resolve(controller[Symbol.asyncDispose]()).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${sentenceOf(error)}\n`)
        process.exit(1)
      },
    )
  })
}
