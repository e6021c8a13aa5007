#!/usr/bin/env node
const args = process.argv.slice(2)

// The relay is all that runs on an idle host: it is started before anything else is loaded.
if (args.length === 1 && args[0] === 'link') void import('./relay/main.ts').then(({ relayMain }) => relayMain())
else void import('./cli/main.ts').then(({ main }) => main(args))
