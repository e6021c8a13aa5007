import { handOver, install } from './bootstrap.mjs'

install()
handOver('scripts/test/main.ts', process.argv.slice(2))
