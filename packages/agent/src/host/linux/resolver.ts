import { lookup } from 'node:dns/promises'
import { existsSync } from 'node:fs'
import type { Resolver } from '../host.ts'
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

/**
 * `getaddrinfo` cannot be called back, and holds one of the few threads that files are written with as well: a silent name
 * server must not take them all. The same question is asked once at a time, and no more than two different ones.
 */
const mostAtOnce = 2
const asked = new Map<string, Promise<readonly string[]>>()

async function addressesOf(name: string, signal: AbortSignal): Promise<readonly string[]> {
  for (;;) {
    signal.throwIfAborted()
    const same = asked.get(name)
    if (same !== undefined) return same
    if (asked.size < mostAtOnce) break
    await Promise.race([...asked.values()].map((each) => each.catch(() => [])))
  }
  const answer = lookup(name, { all: true, order: 'verbatim' })
    .then((found) => [...new Set(found.map(({ address }) => address))])
    .finally(() => asked.delete(name))
  asked.set(name, answer)
  return answer
}

/** The resolver that every program of this host uses: `getaddrinfo`, ruled by `nsswitch.conf` and the hosts file. */
export const linuxResolver: Resolver = {
  hostsFile: '/etc/hosts',
  lookup: async (name, signal) => {
    signal.throwIfAborted()
    const answer = addressesOf(name, signal)
    const stopped = Promise.withResolvers<never>()
    const onAbort = () => stopped.reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await Promise.race([answer, stopped.promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
      // An answer that comes after the abort interests nobody any more.
      answer.catch(() => {})
    }
  },
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
