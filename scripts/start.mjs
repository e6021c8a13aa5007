import { handOver, install } from './bootstrap.mjs'

install()
handOver('scripts/demo/main.ts', process.argv.slice(2))
