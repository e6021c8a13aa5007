#!/usr/bin/env node
import { sentenceOf } from '@chaos-lite/shared'
import { runCli } from './cli/program.ts'
import { processTerminal } from './cli/terminal.ts'
import { composeWorld } from './compose.ts'

const terminal = processTerminal()
const warn = (message: string, cause: unknown) => terminal.err(`warning: ${message}: ${sentenceOf(cause)}`)

void runCli(process.argv.slice(2), composeWorld(warn), terminal).then((code) => {
  process.exitCode = code
})
