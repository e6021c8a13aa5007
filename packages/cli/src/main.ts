#!/usr/bin/env node
import { ChaosError, ruleText, sentenceOf } from '@chaos-lite/shared'
import { CommanderError } from 'commander'
import { ExitCode } from './exit-codes.ts'
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
  terminal.err(terminal.style('red', sentenceOf(error)))
  if (!(error instanceof ChaosError)) return ExitCode.couldNotRun
  for (const { where, message, rule } of error.items) {
    // A single reason stands in the sentence already.
    const isSaid = error.items.length === 1 && sentenceOf(error).includes(message.replace(/\.$/, ''))
    if (!isSaid) terminal.err(`  ${where}: ${message}`)
    if (rule !== null && rule !== '') terminal.err(`      ${ruleText(rule)}`)
  }
  return REFUSED.has(error.code) ? ExitCode.failed : ExitCode.couldNotRun
}
