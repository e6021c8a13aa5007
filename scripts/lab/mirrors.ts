import { existsSync } from 'node:fs'
import { run } from './run.ts'

const DEFAULTS = [
  ['http://deb.debian.org/debian', ''],
  ['http://deb.debian.org/debian', '-updates'],
  ['http://deb.debian.org/debian-security', '-security'],
] as const

/** The package sources for a Debian release: those this machine is configured with, or else Debian's own. */
export async function mirrorsFor(suite: string): Promise<string[]> {
  const configured = await configuredMirrors(suite)
  return configured.length > 0
    ? configured
    : DEFAULTS.map(([url, part]) => `deb ${signedBy()}${url} ${suite}${part} main`)
}

const key = 'Acquire::http::Proxy'

/** The proxy apt uses on this machine, as a line of settings for apt inside the new tree; empty where there is none. */
export async function proxySettings(): Promise<string[]> {
  const { stdout } = await run(['apt-config', 'dump', '--format', '%f=%v%n', key], { check: false })
  const value = stdout.split('\n').find((line) => line.startsWith(`${key}=`))
  const proxy = value?.slice(key.length + 1) ?? ''
  return proxy === '' ? [] : [`${key} "${proxy}"`]
}

async function configuredMirrors(suite: string): Promise<string[]> {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)'
  const { stdout } = await run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'], {
    check: false,
  })
  const found = new Set<string>()
  for (const line of stdout.split('\n')) {
    const [url, release, component] = line.split(' ')
    const ours = release === suite || release === `${suite}-updates` || release === `${suite}-security`
    if (ours && component === 'main' && url?.includes('debian')) found.add(`deb ${signedBy()}${url} ${release} main`)
  }
  return [...found].some((line) => line.endsWith(` ${suite} main`)) ? [...found] : []
}

function signedBy(): string {
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
  return existsSync(keyring) ? `[signed-by=${keyring}] ` : ''
}
