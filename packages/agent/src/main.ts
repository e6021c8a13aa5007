#!/usr/bin/env node
import { runCli } from './cli/program.ts'
import { processTerminal } from './cli/terminal.ts'
import { composeWorld } from './compose.ts'

const terminal = processTerminal()

void runCli(process.argv.slice(2), composeWorld(terminal), terminal).then((code) => {
  process.exitCode = code
})
