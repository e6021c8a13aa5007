import { readFile } from 'node:fs/promises'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'

/** Building a context parses every authority, so the last few are kept, by the text of the extra authority. */
const known = new Map<string, SecureContext>()
const KEPT = 8

/**
 * Whom a TLS probe trusts: the authorities that come with Node, those of the operating system (a company's own CA is
 * installed there, and its workstations trust it), and `caFile`. Throws when that file cannot be read.
 */
export async function trusted(caFile?: string): Promise<SecureContext> {
  const extra = caFile === undefined ? '' : await readFile(caFile, 'utf8')
  const found = known.get(extra)
  if (found !== undefined) return found
  const all = new Set([...getCACertificates('default'), ...getCACertificates('system')])
  if (extra !== '') all.add(extra)
  const context = createSecureContext({ ca: [...all] })
  if (known.size >= KEPT) known.delete(known.keys().next().value ?? '')
  known.set(extra, context)
  return context
}
