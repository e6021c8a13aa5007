#!/usr/bin/env node
import { runProgram } from './run-program.ts'
import { processTerminal } from './terminal.ts'

const ending = new AbortController()
process.once('SIGINT', () => ending.abort())
process.once('SIGTERM', () => ending.abort())
process.exitCode = await runProgram(processTerminal(), ending.signal, process.argv.slice(2))
