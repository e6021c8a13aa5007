/** What glibc's `files` service finds for a name: the addresses of all lines that carry it, in their order. */
export function lookupInHosts(text: string, name: string): readonly string[] {
  const wanted = name.toLowerCase()
  const found = text.split(/\r?\n/).flatMap((row) => {
    const [address, ...names] = (row.split('#')[0] ?? '').trim().split(/\s+/)
    return address && names.some((other) => other.toLowerCase() === wanted) ? [address] : []
  })
  if (found.length === 0) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
  return [...new Set(found)]
}
