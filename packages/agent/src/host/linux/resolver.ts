import { lookup } from 'node:dns/promises'
import { existsSync } from 'node:fs'
import type { Resolver } from '../host.ts'
import { sparingly } from './look-ups.ts'
import { run } from './run.ts'

/** A cache that may stand between programs and the hosts file, and how it is emptied. */
const caches: readonly { name: string; runsWhen: string; argv: readonly [string, ...string[]] }[] = [
  {
    name: 'systemd-resolved',
    runsWhen: '/run/systemd/resolve/io.systemd.Resolve',
    argv: ['resolvectl', 'flush-caches'],
  },
  { name: 'nscd', runsWhen: '/run/nscd/socket', argv: ['nscd', '--invalidate=hosts'] },
]

const look = sparingly(async (name) => {
  const found = await lookup(name, { all: true, order: 'verbatim' })
  return [...new Set(found.map(({ address }) => address))]
})

/** The resolver that every program of this host uses: `getaddrinfo`, ruled by `nsswitch.conf` and the hosts file. */
export const linuxResolver: Resolver = {
  hostsFile: '/etc/hosts',
  lookup: look,
  flush: async () => {
    const flushed: string[] = []
    for (const { name, runsWhen, argv } of caches) {
      if (!existsSync(runsWhen)) continue
      const done = await run(argv, { timeoutMs: 5000 }).catch(() => null)
      if (done?.code === 0) flushed.push(name)
    }
    return flushed
  },
}
