/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The HTTP proxy for an address, by the usual variables (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, either case), or null.
 * What curl and most tools do: https://about.gitlab.com/blog/we-need-to-talk-no-proxy/ lists the dialects; ours is exact
 * names, `.suffixes`, and `*`.
 */
export function proxyFor(address: URL, environment: Environment = process.env): string | null {
  const value = (name: string) => environment[name.toLowerCase()] || environment[name.toUpperCase()] || null
  const proxy = address.protocol === 'wss:' ? value('https_proxy') : value('http_proxy')
  if (!proxy || !URL.canParse(proxy)) return null
  return excluded(address, value('no_proxy') ?? '') ? null : proxy
}

function excluded(address: URL, list: string): boolean {
  const name = address.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = address.port || (address.protocol === 'wss:' ? '443' : '80')
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true
      const withPort = /^(.+):(\d+)$/.exec(entry)
      if (withPort && !entry.includes('::') && withPort[2] !== port) return false
      const pattern = (withPort && !entry.includes('::') ? (withPort[1] ?? '') : entry).replace(/^\*?\./, '')
      return name === pattern || name.endsWith(`.${pattern}`)
    })
}
