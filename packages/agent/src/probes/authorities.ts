import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { ChaosError } from '@chaos-lite/shared'
import { lookAt } from './look-at.ts'
import type { ProbeContext } from './probe.ts'

/** Building a context parses every authority, so the last few are kept, by the text of the extra authority. */
const known = new Map<string, SecureContext>()
const KEPT = 8
const MAX_BYTES = 4 * 1024 * 1024

/**
 * Whom a TLS probe trusts: the authorities that come with Node, those of the operating system (a company's own CA is
 * installed there, and its workstations trust it), and `caFile`. Throws when that file cannot be read.
 */
export async function trusted(
  context: Pick<ProbeContext, 'host' | 'mayRead'>,
  caFile?: string,
): Promise<SecureContext> {
  const extra = caFile === undefined ? '' : await textOf(context, caFile)
  const found = known.get(extra)
  if (found !== undefined) return found
  const all = new Set([...getCACertificates('default'), ...getCACertificates('system')])
  if (extra !== '') all.add(extra)
  const made = createSecureContext({ ca: [...all] })
  if (known.size >= KEPT) known.delete(known.keys().next().value ?? '')
  known.set(extra, made)
  return made
}

async function textOf(context: Pick<ProbeContext, 'host' | 'mayRead'>, caFile: string): Promise<string> {
  const bytes = await lookAt(context, caFile, (thing) => thing.read(MAX_BYTES))
  if (bytes === null) throw new ChaosError('not-there', `There is no ${caFile}`)
  return bytes.toString('utf8')
}
