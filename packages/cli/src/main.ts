#!/usr/bin/env node
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import { CommanderError } from 'commander'
import { ExitCode } from './exit-codes.ts'
import { refusalLines } from './print/refusal.ts'
import { makeProgram } from './program.ts'
import { processTerminal } from './terminal.ts'

const REFUSED = new Set(['plan-refused', 'drill-invalid', 'param-invalid', 'plan-changed', 'host-busy'])

const terminal = processTerminal()
const ending = new AbortController()
process.once('SIGINT', () => ending.abort())
process.once('SIGTERM', () => ending.abort())
try {
  await makeProgram(terminal, ending.signal, (code) => {
    process.exitCode = code
  })
    .exitOverride()
    .parseAsync()
} catch (error) {
  process.exitCode = tell(error)
}

function tell(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.couldNotRun
  const [head = '', ...reasons] = error instanceof ChaosError ? refusalLines(error) : [sentenceOf(error)]
  terminal.err(terminal.style('red', head))
  for (const reason of reasons) terminal.err(reason)
  if (!(error instanceof ChaosError)) return ExitCode.couldNotRun
  return REFUSED.has(error.code) ? ExitCode.failed : ExitCode.couldNotRun
}
