// `npm run NAME -- …`: installs what is missing, then runs the program with Node 24. Usage: run.mjs SCRIPT ARGUMENT…
import { handOver, install } from './bootstrap.mjs'

const [script = '', ...args] = process.argv.slice(2)
install()
handOver(script, args)
